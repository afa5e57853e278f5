from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken
from gongzhi.jobs.actions import claim, run
from gongzhi.jobs.models import Job
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.open311 import actions, queries
from gongzhi.open311.models import Forwarded, Mapping, Server
from gongzhi.open311.tasks import look_after
from gongzhi.open311.tests import make
from gongzhi.open311.tests.make import NOON

GIVEN = "POST requests"
ASKED = "GET requests"
LAMP: dict[str, Any] = {
    "text": "张建国家门口的路灯坏了",
    "lat": 30.5,
    "lon": 120.5,
    "address": "青禾路12号3室",
}


def passed_on(town, foreign, at=NOON, **says: Any) -> Forwarded:
    server = Server.objects.first() or make.server(town, foreign)
    matter = make.matter(town, contact=Contact("张建国", "13800000000"), **(LAMP | says))
    by = town.staff("dispatcher")
    return actions.forward(matter, server=server, words="门口的路灯坏了", by=by, at=at)


def work(at=NOON, tries: int = 1) -> None:
    """Let the worker do what leaves the house, trying again what failed."""
    for n in range(tries):
        later = at + timedelta(hours=n)
        for job in claim(by=SYSTEM, at=later, most=100):
            if job.topic in ("forwarded", "foreign_server"):
                run(job, by=SYSTEM, at=later)
            else:
                job.delete()


def sent(town, foreign, **row: str) -> Forwarded:
    """Pass a lamp on; the server calls it F1."""
    foreign.says(GIVEN, make.requests({"service_request_id": "F1"}))
    forwarded = passed_on(town, foreign)
    work()
    forwarded.refresh_from_db()
    assert forwarded.state == "sent"
    return forwarded


def follow(forwarded: Forwarded, foreign, at, **row: str) -> Forwarded:
    foreign.says(ASKED, make.requests({"service_request_id": "F1", **row}))
    look_after(at)
    work(at)
    forwarded.refresh_from_db()
    return forwarded


def entries(matter: Matter, verb: str) -> list[Entry]:
    found = Entry.objects.filter(subject=matter.pk, verb__startswith=f"matter.{verb}")
    return list(found.order_by("seq"))


# --- It is sent.


def test_what_is_passed_on_says_the_thing_and_the_place_and_nobody(town, foreign):
    forwarded = sent(town, foreign)
    [said] = foreign.asked(GIVEN)
    assert said == {
        "api_key": "theirs",
        "jurisdiction_id": "city",
        "service_code": "LAMP1",
        "description": f"门口的路灯坏了\n{forwarded.mark}",
        "address_string": "青禾路〔门牌〕, 第一网格, 柳岸社区, 青石街道, 云溪区",
        "lat": "30.5",
        "long": "120.5",
    }
    assert "张建国" not in str(said)
    assert "13800000000" not in str(said)
    assert foreign.headers[0]["Idempotency-Key"] == forwarded.pk.hex
    assert (forwarded.number, forwarded.sent_at) == ("F1", NOON)


def test_the_history_tells_to_whom_it_was_passed_on(town, foreign):
    forwarded = passed_on(town, foreign)
    [entry] = entries(forwarded.matter, "forward")
    assert entry.facts == {"server": "市政"}
    assert broken(forwarded.matter_id) == []


def test_a_token_is_kept_until_there_is_a_number(town, foreign):
    foreign.says(GIVEN, make.requests({"token": "T1"}))
    forwarded = passed_on(town, foreign)
    work()
    forwarded.refresh_from_db()
    assert (forwarded.state, forwarded.token, forwarded.number) == ("sent", "T1", "")
    foreign.says("GET tokens/T1", make.requests({"service_request_id": "F1", "token": "T1"}))
    follow(forwarded, foreign, make.at(hours=1), status="open")
    assert (forwarded.number, forwarded.status) == ("F1", "open")


def test_an_answer_that_was_lost_is_looked_for_before_it_is_sent_again(town, foreign):
    foreign.says(GIVEN, b"", status=0)
    forwarded = passed_on(town, foreign)
    known = {"service_request_id": "F9", "description": f"门口的路灯坏了\n{forwarded.mark}"}
    foreign.says(ASKED, make.requests({"service_request_id": "F8", "description": "x"}, known))
    work(tries=2)
    forwarded.refresh_from_db()
    assert (forwarded.number, len(foreign.asked(GIVEN))) == ("F9", 1)
    assert foreign.asked(ASKED)[0]["service_code"] == "LAMP1"


@pytest.mark.parametrize("answer", [make.requests(), b"no xml"])
def test_what_is_not_found_or_not_shown_is_sent_again(town, foreign, answer):
    foreign.answers[GIVEN] = [
        (503, b""),
        (200, make.requests({"service_request_id": "F1"}).encode()),
    ]
    foreign.says(ASKED, answer)
    forwarded = passed_on(town, foreign)
    work(tries=2)
    forwarded.refresh_from_db()
    assert (forwarded.number, len(foreign.asked(GIVEN))) == ("F1", 2)


def test_what_was_sent_is_not_sent_again(town, foreign):
    forwarded = sent(town, foreign)
    assert actions.send(forwarded, attempt=2, by=SYSTEM, at=NOON) is None
    assert len(foreign.asked(GIVEN)) == 1


def test_what_they_do_not_take_is_told_and_can_be_tried_once_more(town, foreign):
    errors = (
        "<errors><error><code>400</code><description>No such lamp</description></error></errors>"
    )
    foreign.says(GIVEN, errors, status=400)
    forwarded = passed_on(town, foreign)
    work(tries=3)
    forwarded.refresh_from_db()
    assert (forwarded.state, forwarded.fault) == ("refused", "No such lamp")
    assert len(foreign.asked(GIVEN)) == 1
    foreign.says(GIVEN, make.requests({"service_request_id": "F1"}))
    actions.resend(forwarded, by=town.staff("dispatcher"), at=NOON)
    work(make.at(hours=5))
    forwarded.refresh_from_db()
    assert (forwarded.state, forwarded.fault) == ("sent", "")
    with pytest.raises(ValidationError) as refused:
        actions.resend(forwarded, by=town.staff("dispatcher"), at=NOON)
    assert refused.value.messages == ["对方已收到。"]


def test_what_failed_for_good_can_be_tried_once_more(town, foreign):
    foreign.says(GIVEN, b"", status=503)
    forwarded = passed_on(town, foreign)
    Job.objects.filter(topic="forwarded").update(attempts=10, failed_at=NOON)
    foreign.says(GIVEN, make.requests({"service_request_id": "F1"}))
    actions.resend(forwarded, by=town.staff("dispatcher"), at=NOON)
    work()
    forwarded.refresh_from_db()
    assert forwarded.state == "sent"


# --- What strangers answer.

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    "<service_requests><request><service_request_id>&b;</service_request_id></request>"
    "</service_requests>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    "<service_requests><request><service_request_id>&a;</service_request_id></request>"
    "</service_requests>"
)


@pytest.mark.parametrize(
    "answer",
    [
        BOMB,
        OUTSIDE,
        b"",
        b"<html><body>Welcome</body>",
        b'<?xml version="1.0" encoding="utf-8"?><a>\xff\xfe</a>',
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        "<service_requests/>",
        "<service_requests><request><status>open</status></request></service_requests>",
        "<service_requests><request><service_request_id> </service_request_id></request></service_requests>",
    ],
)
def test_an_answer_that_names_nothing_or_is_no_plain_xml_is_tried_again(town, foreign, answer):
    foreign.says(GIVEN, answer)
    forwarded = passed_on(town, foreign)
    work()
    forwarded.refresh_from_db()
    assert (forwarded.state, forwarded.number) == ("waiting", "")
    assert Job.objects.get(topic="forwarded").error.startswith("NotTaken: ")


def test_a_bomb_among_states_is_a_fault_of_the_server_and_changes_nothing(town, foreign):
    forwarded = sent(town, foreign)
    foreign.says(ASKED, BOMB)
    look_after(make.at(hours=1))
    work(make.at(hours=1))
    forwarded.refresh_from_db()
    assert forwarded.status == ""
    said = Server.objects.get().fault
    assert said == "its answer is no XML that can be read: DTDForbidden"
    follow(forwarded, foreign, make.at(hours=2), status="open")
    assert Server.objects.get().fault == ""


def test_words_of_strangers_are_cut_and_cleaned(town, foreign):
    forwarded = sent(town, foreign)
    follow(forwarded, foreign, make.at(hours=1), status="OPEN" * 50, status_notes="长" * 5000)
    assert (len(forwarded.status), len(forwarded.notes)) == (20, 2000)


# --- Their states.


def test_their_state_and_notes_stand_in_the_history_and_move_nothing(town, foreign):
    forwarded = sent(town, foreign)
    follow(forwarded, foreign, make.at(hours=1), status="open", status_notes="已派工")
    follow(forwarded, foreign, make.at(hours=2), status="open", status_notes="已派工")
    follow(forwarded, foreign, make.at(hours=3), status="closed", status_notes="已修好")
    told = entries(forwarded.matter, "foreign")
    assert [(one.facts["status"], one.told["text"]) for one in told] == [
        ("open", "已派工"),
        ("closed", "已修好"),
    ]
    assert Matter.objects.get(pk=forwarded.matter_id).state == "received"
    assert broken(forwarded.matter_id) == []


def test_a_state_that_goes_back_is_kept_as_told(town, foreign):
    forwarded = sent(town, foreign)
    follow(forwarded, foreign, make.at(hours=1), status="closed")
    assert not forwarded.went_back
    follow(forwarded, foreign, make.at(hours=2), status="open")
    assert (forwarded.status, forwarded.went_back) == ("open", True)
    assert [one.facts["back"] for one in entries(forwarded.matter, "foreign")] == [False, True]
    assert Matter.objects.get(pk=forwarded.matter_id).state == "received"


def test_many_are_asked_for_together_and_none_twice_at_a_time(town, foreign):
    server = make.server(town, foreign)
    for n in range(60):
        matter = make.matter(town, text=f"第{n}盏灯坏了")
        Forwarded.objects.create(
            matter=matter, server=server, service_code="LAMP1", text="x", state="sent",
            number=f"F{n}", forwarded_at=NOON,
        )  # fmt: skip
    foreign.says(ASKED, make.requests({"service_request_id": "F3", "status": "open"}))
    look_after(NOON)
    look_after(NOON)
    assert Job.objects.filter(topic="foreign_server").count() == 1
    work()
    assert [len(one["service_request_id"].split(",")) for one in foreign.asked(ASKED)] == [50, 10]
    assert Forwarded.objects.exclude(asked_at=NOON).count() == 0
    assert Forwarded.objects.exclude(status="").count() == 1


def test_what_is_over_on_both_sides_is_asked_for_no_more(town, foreign):
    forwarded = sent(town, foreign)
    follow(forwarded, foreign, make.at(hours=1), status="closed")
    make.walk(town, forwarded.matter, "refuse")
    assert not actions.look_after(forwarded.server, by=SYSTEM, at=make.at(hours=2))


def test_a_server_that_does_not_answer_is_told_on_its_page(town, foreign):
    forwarded = sent(town, foreign)
    foreign.says(ASKED, b"", status=500)
    look_after(make.at(hours=1))
    work(make.at(hours=1))
    assert Server.objects.get().fault == "HTTP 500"
    assert queries.to_ask(forwarded.server, 9) == [forwarded]


# --- Who may, and what may not leave.

NOBODY = "只有派遣员或督办人员可以转送可公开且未办结的事项。"


@pytest.mark.parametrize("name", ["handler", "acceptor", "worker", "administrator"])
def test_only_who_dispatches_or_supervises_passes_on(town, foreign, name):
    server, matter = make.server(town, foreign), make.matter(town)
    with pytest.raises(PermissionDenied) as refused:
        actions.forward(matter, server=server, words="灯", by=town.staff(name), at=NOON)
    assert str(refused.value) == NOBODY


@pytest.mark.parametrize("moves", [("about",), ("keep_from",), ("refuse",)])
def test_what_is_sealed_kept_from_somebody_or_over_is_not_passed_on(town, foreign, moves):
    server, matter = make.server(town, foreign), make.walk(town, make.matter(town), *moves)
    with pytest.raises(PermissionDenied) as refused:
        actions.forward(matter, server=server, words="灯", by=town.staff("dispatcher"), at=NOON)
    assert str(refused.value) == NOBODY


def test_it_is_passed_on_once_and_only_what_the_server_takes(town, foreign):
    forwarded = passed_on(town, foreign)
    says = {"server": forwarded.server, "words": "灯", "by": town.staff("dispatcher"), "at": NOON}
    for matter in (forwarded.matter, make.matter(town, kind=town.hole)):
        with pytest.raises(ValidationError) as refused:
            actions.forward(matter, **says)
        assert refused.value.messages == ["该平台不接收此类事项，或已收到该事项。"]
    with pytest.raises(ValidationError) as refused:
        actions.forward(make.matter(town), **(says | {"words": " "}))
    assert refused.value.messages == ["请简单写几句。"]


@pytest.mark.parametrize("name", ["send", "sent", "look_after", "ask", "hear"])
def test_only_the_installation_itself_sends_and_asks(town, foreign, name):
    forwarded = passed_on(town, foreign)
    says: dict[str, dict[str, Any]] = {
        "send": {"attempt": 1},
        "sent": {"answered": {"number": "1", "token": "", "fault": ""}},
        "hear": {"heard": {"numbers": {}, "said": {}, "fault": ""}},
    }
    record = forwarded if name in ("send", "sent") else forwarded.server
    with pytest.raises(PermissionDenied) as refused:
        getattr(actions, name)(
            record, **says.get(name, {}), by=town.staff("administrator"), at=NOON
        )
    assert str(refused.value) == "只有系统自身可以发送和查询。"


# --- Servers.


def test_a_server_is_registered_with_its_key_sealed(town, foreign):
    server = make.server(town, foreign)
    assert server.api_key == "theirs"
    assert b"theirs" not in bytes(server.sealed)
    [entry, mapped] = Entry.objects.filter(subject=server.pk).order_by("seq")
    assert (entry.verb, entry.facts) == (
        "server.register",
        {"name": "市政", "address": foreign.address, "jurisdiction": "city"},
    )
    assert mapped.facts == {"kind": "lamp", "service_code": "LAMP1"}


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://example.org/v2", "这个地址不是 HTTPS，或者通向内部网络"),
        ("https://127.0.0.1/v2", "这个地址不是 HTTPS，或者通向内部网络"),
        ("https://[::ffff:10.0.0.1]/v2", "这个地址不是 HTTPS，或者通向内部网络"),
        ("https://169.254.169.254/v2", "这个地址不是 HTTPS，或者通向内部网络"),
        ("https://nobody.invalid/v2", "查不到这个主机名"),
    ],
)  # fmt: skip
def test_an_address_inside_is_refused(town, address, sentence):
    with pytest.raises(ValidationError) as refused:
        actions.register(name="x", address=address, key="k", by=SYSTEM, at=NOON)
    assert refused.value.messages[0].startswith(sentence)


def test_an_address_that_came_to_lie_inside_is_not_called(town, foreign, settings):
    forwarded = passed_on(town, foreign)
    settings.PRIVATE_HOSTS = []
    work()
    forwarded.refresh_from_db()
    assert (forwarded.state, foreign.got) == ("waiting", [])


def test_no_redirect_is_followed(town, foreign):
    foreign.says(GIVEN, b"", status=302)
    forwarded = passed_on(town, foreign)
    work()
    forwarded.refresh_from_db()
    assert (forwarded.state, forwarded.fault, len(foreign.got)) == ("refused", "HTTP 302", 1)


def test_a_key_goes_to_no_other_address(town, foreign):
    server = make.server(town, foreign)
    says: dict[str, Any] = {"name": "市政", "by": SYSTEM, "at": NOON}
    elsewhere = foreign.address.replace("/v2", "/v3")
    with pytest.raises(ValidationError) as refused:
        actions.change(server, address=elsewhere, **says)
    assert refused.value.messages == ["请为新地址填写密钥：原密钥不会发往其他地址。"]
    actions.change(server, address=elsewhere, key="new", **says)
    assert Server.objects.get().api_key == "new"
    actions.change(server, address=elsewhere, jurisdiction="city", **says)
    assert Server.objects.get().api_key == "new"


def test_a_retired_server_is_sent_and_asked_nothing_more(town, foreign):
    forwarded = sent(town, foreign)
    actions.retire(forwarded.server, by=SYSTEM, at=NOON)
    assert queries.servers_for(make.matter(town)) == {}
    asked = len(foreign.got)
    look_after(make.at(hours=1))
    work(make.at(hours=1))
    assert len(foreign.got) == asked
    with pytest.raises(ValidationError) as refused:
        actions.retire(forwarded.server, by=SYSTEM, at=NOON)
    assert refused.value.messages == ["该平台已停用。"]


def test_a_kind_has_one_code_and_a_sealed_one_none(town, foreign):
    server = make.server(town, foreign)
    says: dict[str, Any] = {"service_code": "X", "by": SYSTEM, "at": NOON}
    for kind, sentence in (
        (town.conduct, "此类事项不对外转送。"),
        (town.lamp, "该类别已有代码，请先移除。"),
    ):
        with pytest.raises(ValidationError) as refused:
            actions.map_kind(server, kind=kind, **says)
        assert refused.value.messages[0].startswith(sentence)
    actions.unmap_kind(Mapping.objects.get(), by=SYSTEM, at=NOON)
    assert Mapping.objects.count() == 0
    assert Entry.objects.filter(subject=server.pk).latest("seq").verb == "server.unmap_kind"


def test_only_an_administrator_registers_servers(town, foreign):
    server = make.server(town, foreign)
    given = {"name": "x", "address": foreign.address}
    presses = [
        lambda by: actions.register(**given, key="k", by=by, at=NOON),
        lambda by: actions.change(server, **given, by=by, at=NOON),
        lambda by: actions.retire(server, by=by, at=NOON),
        lambda by: actions.map_kind(server, kind=town.hole, service_code="x", by=by, at=NOON),
        lambda by: actions.unmap_kind(Mapping.objects.get(), by=by, at=NOON),
    ]
    for press in presses:
        with pytest.raises(PermissionDenied) as refused:
            press(town.staff("dispatcher"))
        assert str(refused.value) == "只有管理员可以登记外部平台。"

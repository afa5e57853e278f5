"""What other systems may ask and say, by HTTP as they do."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils.timezone import now
from PIL import Image

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.models import Entry, Look
from gongzhi.exchange.models import Token
from gongzhi.exchange.tests import make
from gongzhi.exchange.tests.make import NOON
from gongzhi.matters import actions
from gongzhi.matters.models import Answer, Attachment, Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make as matters

WANG = Contact("王女士", "13800138000", "wang@example.org")
LAMP = {"kind": "lamp", "text": "柳岸路3号门前的路灯不亮", "place": "990101001001001"}


@dataclass
class System:
    """A system that calls with a token."""

    secret: str

    def get(self, path: str, **asked: Any) -> Any:
        return Browser().get(f"/api/v1{path}", asked, headers=self._headers())

    def post(self, path: str, said: Any = None, **headers: str) -> Any:
        body = said if isinstance(said, str | bytes) else json.dumps(said)
        return Browser().post(
            f"/api/v1{path}",
            body if said is not None else b"",
            content_type="application/json",
            headers=self._headers() | headers,
        )

    def raise_(self, key: str = "A-1", **says: Any) -> Any:
        return self.post("/matters", LAMP | says, **{"Idempotency-Key": key})

    def move(self, matter: Matter, name: str, seen: int | None = None, **says: Any) -> Any:
        path = f"/matters/{matter.number}/{name}"
        return self.post(path, says, **{"If-Match": f'"{seen or matter.version}"'})

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}


@pytest.fixture
def hotline(town):
    return System(make.secret(town.hotline, at=now()))


@pytest.fixture
def lighting(town):
    return System(make.secret(town.lighting, at=now()))


def picture() -> str:
    made = BytesIO()
    Image.new("RGB", (60, 40), "red").save(made, "PNG")
    return base64.b64encode(made.getvalue()).decode()


# --- Letting in.


@pytest.mark.parametrize("header", [None, "Basic YTpi", "Bearer", "Bearer gz_wrong"])
def test_without_a_good_token_nothing_is_answered(town, header):
    headers = {"Authorization": header} if header else {}
    answer = Browser().get("/api/v1/matters", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert "令牌" in answer.json()["detail"]


def test_a_token_to_read_moves_and_raises_nothing(town):
    system = System(make.secret(town.hotline, "read", at=now()))
    matter = matters.matter(town)
    for answer in (system.raise_(), system.move(matter, "accept")):
        assert answer.status_code == 403
        assert answer.json()["detail"].startswith("The token does not open this: it needs")
    assert (Matter.objects.count(), Matter.objects.get().state) == (1, "received")


def test_a_session_of_a_browser_opens_nothing(town, client):
    client.force_login(town.acceptor)
    assert client.get("/api/v1/matters").status_code == 401


def test_more_calls_than_agreed_are_told_when_to_come_again(town):
    system = System(make.secret(make.client("busy", town.roads, per_minute=1), at=now()))
    assert system.get("/kinds").status_code == 200
    answer = system.get("/kinds")
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60


# --- The catalogue.


def test_kinds_places_and_offices_are_listed(town, hotline):
    kinds = {kind["code"]: kind for kind in hotline.get("/kinds").json()}
    assert kinds["lamp"]["name_zh"] == town.lamp.name_zh
    offices = {office["code"]: office for office in hotline.get("/offices").json()}
    assert offices["lights"]["place"] == "990101"
    page = hotline.get("/places", within="990101001001", limit=2).json()
    assert [place["code"] for place in page["items"]] == ["990101001001", "990101001001001"]
    rest = hotline.get("/places", within="990101001001", after=page["next"]).json()
    assert ([place["code"] for place in rest["items"]], rest["next"]) == (
        ["990101001001002"],
        None,
    )


# --- Lists.


def test_a_list_is_read_page_by_page_in_the_order_of_moves(town, hotline):
    raised = [matters.matter(town, at=NOON + timedelta(minutes=n)) for n in (3, 1, 2, 2)]
    seen: list[str] = []
    after = ""
    while after is not None:
        page = hotline.get("/matters", limit=2, after=after).json()
        seen, after = seen + [one["number"] for one in page["items"]], page["next"]
    first, second, *same = sorted(raised, key=lambda one: (one.moved_at, one.pk))
    assert seen == [first.number, second.number, *(one.number for one in same)]


def test_a_list_is_narrowed(town, hotline):
    lamp, hole = matters.matter(town), matters.matter(town, kind=town.hole)
    actions.accept(lamp, by=town.staff("acceptor"), at=NOON + timedelta(hours=1))

    def numbers(**asked: Any) -> list[str]:
        return [one["number"] for one in hotline.get("/matters", **asked).json()["items"]]

    assert numbers(state="accepted") == [lamp.number]
    assert numbers(kind=town.hole.code) == [hole.number]
    assert numbers(moved_since="2026-03-02T04:30:00Z") == [lamp.number]
    assert numbers(place="990101001001002") == []
    assert sorted(numbers(place="990101001001")) == sorted([lamp.number, hole.number])


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"after": "yesterday"}, "after"),
        ({"after": "2026-03-02T04:00:00~00"}, "after"),
        ({"place": "123"}, "place"),
        ({"state": "happy"}, "state"),
        ({"limit": "0"}, "limit"),
        ({"moved_since": "2026-03-02T04:00:00"}, "moved_since"),
    ],
)
def test_a_list_refuses_what_it_cannot_read(hotline, asked, where):
    answer = hotline.get("/matters", **asked)
    assert answer.status_code == 422
    assert where in answer.json()["errors"][0]["at"]


def test_an_office_lists_what_it_has_and_nothing_else(town, lighting):
    mine = matters.walk(town, matters.matter(town), "accept", "dispatch")
    other = matters.matter(town)
    assert [one["number"] for one in lighting.get("/matters").json()["items"]] == [mine.number]
    answer = lighting.get(f"/matters/{other.number}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no such matter, or it is not yours to see."
    assert lighting.get("/matters/260302-001-000000-0").json() == answer.json()


def test_a_list_costs_the_same_whatever_its_length(town, hotline, queries):
    matters.matter(town)
    hotline.get("/matters")
    with queries("matters_1"):
        hotline.get("/matters")
    for _n in range(2):
        matters.matter(town)
    with queries("matters_3"):
        hotline.get("/matters")


# --- One matter.


def test_a_matter_is_shown_with_its_answers_tasks_and_version(town, hotline):
    matter = matters.walk(
        town, matters.matter(town, contact=WANG), "accept", "dispatch", "acknowledge", "answer"
    )
    answer = hotline.get(f"/matters/{matter.number}")
    shown = answer.json()
    assert answer["ETag"] == f'"{matter.version}"'
    assert (shown["state"], shown["office"], shown["kind"]) == (
        "answered",
        "lights",
        "lamp",
    )
    assert shown["answers"][0]["text"] == Answer.objects.get().text
    assert [(task["office"], task["lead"]) for task in shown["tasks"]] == [("lights", True)]


def test_no_contact_leaves_but_one_by_one_for_a_purpose(town, hotline):
    matter = matters.matter(town, contact=WANG)
    for path in ("/matters", f"/matters/{matter.number}", f"/matters/{matter.number}/history"):
        said = hotline.get(path).content.decode()
        assert not any(part in said for part in ("王女士", "13800138000", "wang@example"))
    assert not Look.objects.exists()
    answer = hotline.post(f"/matters/{matter.number}/contact", {"purpose": "ask"})
    assert answer.json() == {"name": WANG.name, "phone": WANG.phone, "email": WANG.email}
    look = Look.objects.get()
    assert (look.subject, look.by_id, look.purpose) == (matter.pk, town.hotline.account_id, "ask")


def test_a_contact_is_refused_without_purpose_right_or_scope(town, hotline, lighting):
    matter = matters.walk(town, matters.matter(town, contact=WANG), "accept", "dispatch")
    path = f"/matters/{matter.number}/contact"
    assert hotline.post(path, {"purpose": "curiosity"}).status_code == 422
    reader = System(make.secret(town.hotline, "read", at=now()))
    assert reader.post(path, {"purpose": "ask"}).status_code == 403
    matters.walk(town, matter, "acknowledge", "answer")
    late = lighting.post(path, {"purpose": "ask"})
    assert (late.status_code, Look.objects.count()) == (403, 0)


def test_a_sealed_matter_leaves_as_number_and_state(town, hotline):
    appoint(town.hotline.account, role=Role.SUPERVISOR, place=town.district, by=SYSTEM, at=NOON)
    matter = matters.matter(town, about_office=town.lights, text="他们收了钱不办事")
    other = make.client("other", town.roads)
    for role in (Role.ACCEPTOR, Role.DISPATCHER):
        appoint(other.account, role=role, place=town.district, by=SYSTEM, at=NOON)
    system = System(make.secret(other, at=now()))
    shown = system.get(f"/matters/{matter.number}").json()
    told = {name: value for name, value in shown.items() if value not in (None, [])}
    assert told.keys() == {"number", "state", "version", "moved_at", "sealed"}
    assert system.get(f"/matters/{matter.number}/history").json() == []
    assert system.get(f"/matters/{matter.number}/moves").json() == []
    refused = system.move(matter, "accept")
    assert refused.status_code == 403
    assert refused.json()["detail"] == "Sealed matters are handled at the desk alone."
    assert "收了钱" not in system.get("/matters").content.decode()


def test_a_history_holds_no_words_and_no_marks(town, hotline):
    matter = matters.walk(
        town, matters.matter(town), "accept", "dispatch", "acknowledge", "answer", "inspect"
    )
    actions.rate(
        matter, satisfied=1, in_time=False, comment="谁来都没用",
        by=matters.rules.holder(matter), at=NOON + timedelta(days=1),
    )  # fmt: skip
    told = hotline.get(f"/matters/{matter.number}/history").json()
    assert [one["verb"] for one in told][:2] == ["matter.receive", "matter.accept"]
    assert [one["seq"] for one in told] == list(range(1, len(told) + 1))
    assert not {"satisfied", "in_time", "solved"} & {key for one in told for key in one["facts"]}
    assert "谁来都没用" not in json.dumps(told, ensure_ascii=False)


# --- Raising.


def test_a_matter_is_raised_with_contact_file_and_point(town, hotline, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer = hotline.raise_(
        contact={"name": "王女士", "phone": "138 0013 8000"},
        files=[{"name": "灯.png", "content": picture()}],
        address="柳岸路3号",
    )
    assert answer.status_code == 201
    matter, said = Matter.objects.get(), answer.json()
    assert said["matter"]["number"] == matter.number
    assert (matter.channel, matter.address, matter.state) == ("api", "柳岸路3号", "received")
    assert Attachment.objects.get().sort == "photo"
    entry = Entry.objects.get(subject=matter.pk, verb="matter.receive")
    assert entry.by_id == signed(matter.pk, town.hotline.account_id)
    assert entry.by_label == "hotline"
    from gongzhi.matters.queries import by_receipt, contact

    assert by_receipt(matter.number, said["code"]) == matter
    assert [part.value for part in contact(matter, shown=True)] == ["王女士", "13800138000"]


def test_sent_twice_it_is_one_matter_with_one_code(town, hotline):
    first, again, other = hotline.raise_("A-1"), hotline.raise_("A-1"), hotline.raise_("A-2")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    said, told_again = first.json(), again.json()
    assert (said["code"], said["matter"]["number"]) == (
        told_again["code"],
        told_again["matter"]["number"],
    )
    assert Matter.objects.count() == 2


def test_a_key_is_of_its_client_and_of_one_matter(town, hotline):
    hotline.raise_("A-1")
    other = System(make.secret(make.client("other", town.roads), at=now()))
    assert other.raise_("A-1").status_code == 201
    refused = hotline.raise_("A-1", text="另一件事")
    assert refused.status_code == 422
    assert refused.json()["detail"] == "Another matter was sent with this key: take a new key."
    assert Matter.objects.count() == 2


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"kind": "ufo"}, "The catalogue of today has no kind with this code."),
        ({"place": "1"}, "There is no place with this code."),
        ({"place": ""}, "Say where it is: “place”, or “lat” and “lon”."),
        ({"place": "", "lat": 1.5}, "A point needs both “lat” and “lon”."),
        ({"place": "", "lat": 10, "lon": 10}, "This point lies in none of the places served here."),
        ({"text": " \n "}, "Please write a few words."),
        ({"contact": {"phone": "abc"}}, "This is no telephone number."),
        ({"files": [{"name": "a.png", "content": "%%%"}]}, "The content of “a.png” is not Base64."),
        (
            {"files": [{"name": "a.png", "content": "图片"}]},
            "The content of “a.png” is not Base64.",
        ),
        ({"files": [{"name": "a.png", "content": "QUJD"}]}, "photo"),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, "The date lies in the future."),
        ({"text": "x" * 5001}, "Some of what was sent is not as described: see “errors”."),
        ({"colour": "red"}, "Some of what was sent is not as described: see “errors”."),
    ],
)
def test_what_cannot_be_taken_is_told_and_changes_nothing(hotline, says, sentence):
    answer = hotline.raise_(**says)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    assert not Matter.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "[1", b"\xff\xfe{}"])
def test_what_is_no_json_is_told(hotline, body):
    answer = hotline.post("/matters", body, **{"Idempotency-Key": "A"})
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_more_than_can_be_sent_at_once_is_told(hotline, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = hotline.raise_(text="长" * 100)
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"


def test_without_a_key_nothing_is_raised(hotline):
    assert hotline.post("/matters", LAMP).status_code == 422
    assert not Matter.objects.exists()


# --- Moves.


def test_the_whole_loop_is_walked_by_two_systems(town, hotline, lighting):
    number = hotline.raise_().json()["matter"]["number"]
    matter = Matter.objects.get(number=number)

    def made(system: System, name: str, **says: Any) -> str:
        matter.refresh_from_db()
        answer = system.move(matter, name, **says)
        assert answer.status_code == 200, answer.content
        return str(answer.json()["state"])

    assert made(hotline, "accept") == "accepted"
    assert made(hotline, "dispatch", office="lights") == "dispatched"
    assert made(lighting, "acknowledge") == "handling"
    assert made(lighting, "handle", words="已派人查看", tell=True) == "handling"
    assert made(lighting, "answer", words="路灯已修好，今晚起照明。") == "answered"
    verbs = Entry.objects.filter(subject=matter.pk).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == [
        f"matter.{name}"
        for name in ("receive", "accept", "dispatch", "acknowledge", "handle", "answer")
    ]


def test_who_read_an_older_version_is_told_and_changes_nothing(town, hotline):
    matter = matters.walk(town, matters.matter(town), "accept")
    answer = hotline.move(matter, "dispatch", seen=matter.version - 1, office="lights")
    assert answer.status_code == 412
    assert "Somebody else was first" in answer.json()["detail"]
    matter.refresh_from_db()
    assert matter.state == "accepted"


def test_a_move_without_a_version_is_refused(town, hotline):
    matter = matters.matter(town)
    assert hotline.post(f"/matters/{matter.number}/accept").status_code == 422
    assert Matter.objects.get().state == "received"


def test_moves_are_refused_as_on_pages(town, hotline, lighting):
    matter = matters.walk(town, matters.matter(town), "accept", "dispatch")
    closed = hotline.move(matter, "accept")
    assert closed.status_code == 409
    assert "is possible while the state is" in closed.json()["detail"]
    foreign = hotline.move(matter, "acknowledge")
    assert (foreign.status_code, foreign.json()["detail"]) == (
        403,
        "Only the office that has the matter may do this.",
    )
    wrong = lighting.move(matter, "object", ground="")
    assert wrong.status_code == 422
    unknown = hotline.move(matter, "explode")
    assert unknown.status_code == 404


def test_open_moves_are_listed_with_what_they_are_sent_with(town, hotline):
    matter = matters.walk(town, matters.matter(town), "accept")
    assert "dispatch" in hotline.get(f"/matters/{matter.number}/moves").json()
    fields = hotline.get(f"/matters/{matter.number}/moves/dispatch").json()["fields"]
    office = next(field for field in fields if field["name"] == "office")
    assert office["required"] is True
    assert {code for code, _name in office["choices"]} >= {"lights", "roads"}
    assert hotline.get(f"/matters/{matter.number}/moves/answer").status_code == 404


def test_the_task_of_a_co_office_is_moved(town, hotline, lighting):
    matter = matters.walk(town, matters.matter(town, kind=town.hole), "accept")
    hotline.move(matter, "dispatch", office="roads", others=["lights"])
    matter.refresh_from_db()
    task = next(
        task
        for task in lighting.get(f"/matters/{matter.number}").json()["tasks"]
        if task["office"] == "lights"
    )
    seen = {"If-Match": str(task["version"])}
    assert lighting.post(f"/tasks/{task['key']}/take", **seen).status_code == 200
    assert lighting.post(f"/tasks/{task['key']}/take", **seen).status_code == 412
    refused = hotline.post(f"/tasks/{task['key']}/finish", {"words": "好了"}, **{"If-Match": "2"})
    assert refused.status_code == 403


# --- On trial.


def test_on_trial_all_is_answered_and_nothing_is_kept(town, settings, tmp_path):
    trial = make.client("trial", town.roads, on_trial=True)
    for role in (Role.ACCEPTOR, Role.DISPATCHER):
        appoint(trial.account, role=role, place=town.district, by=SYSTEM, at=NOON)
    settings.MEDIA_ROOT = tmp_path
    system, matter = System(make.secret(trial, at=now())), matters.matter(town)
    entries = Entry.objects.count()
    file = {"name": "灯.png", "content": picture()}
    assert system.raise_(files=[file]).status_code == 201
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert system.move(matter, "accept").json()["state"] == "accepted"
    matter.refresh_from_db()
    assert (Matter.objects.count(), matter.state, Entry.objects.count()) == (
        1,
        "received",
        entries,
    )


def test_a_token_is_marked_used_once_a_day(town, hotline):
    hotline.get("/kinds")
    assert Token.objects.get().used_on is not None

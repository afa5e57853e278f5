from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import override
from PIL import Image
from python_calamine import CalamineWorkbook

from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.models import Entry, Look
from gongzhi.matters import actions
from gongzhi.matters.forms import FORMS
from gongzhi.matters.models import Attachment, Kind, Matter, Message
from gongzhi.matters.pages.dossier import read
from gongzhi.matters.receipts import Contact
from gongzhi.matters.states import State
from gongzhi.matters.tests import make
from gongzhi.matters.uploads import tidy
from gongzhi.matters.words import PURPOSES

pytestmark = pytest.mark.django_db

TO_OFFICE = ("accept", "dispatch")
AT_WORK = (*TO_OFFICE, "acknowledge")
ANSWERED = (*AT_WORK, "answer")
CHECKED = (*ANSWERED, "inspect")
NEXT_MONTH = localdate() + timedelta(days=30)
REASON = {"reason": "理由如下。"}

# move: what leads there, who presses, what is typed, where it leads
PRESSES: dict[str, Any] = {
    "accept": ((), "acceptor", {}, State.ACCEPTED),
    "refuse": ((), "acceptor", {"reason": "不属实。", "remedy": "请找物业。"}, State.REFUSED),
    "sort": ((), "acceptor", {"kind": "hole"}, State.RECEIVED),
    "relocate": ((), "acceptor", {"place": "990101001001002"}, State.RECEIVED),
    "merge": ((), "acceptor", {"number": "OTHER"}, State.MERGED),
    "escalate": ((), "worker", REASON, State.RECEIVED),
    "assign": (
        ("escalate",),
        "dispatcher",
        {"place": "990101001001001", **REASON},
        State.RECEIVED,
    ),
    "unmerge": (("merge",), "acceptor", REASON, State.RECEIVED),
    "split": (("accept",), "dispatcher", {"words": "路面塌陷。", "kind": "hole"}, State.ACCEPTED),
    "settle": ((), "worker", {"words": "已合闸。"}, State.ANSWERED),
    "dispatch": (("accept",), "dispatcher", {"office": "lights"}, State.DISPATCHED),
    "acknowledge": (TO_OFFICE, "handler", {}, State.HANDLING),
    "object": (TO_OFFICE, "handler", {"ground": "不归我管。"}, State.DISPATCHED),
    "dismiss": ((*TO_OFFICE, "object"), "dispatcher", REASON, State.DISPATCHED),
    "send_back": (TO_OFFICE, "dispatcher", REASON, State.ACCEPTED),
    "involve": (
        TO_OFFICE,
        "dispatcher",
        {"office": "roads", "words": "请配合。"},
        State.DISPATCHED,
    ),
    "take_over": (
        ("accept", "dispatch_first", "involve", "take"),
        "stranger",
        {},
        State.HANDLING,
    ),
    "handle": (AT_WORK, "handler", {"words": "已到场。", "tell": "on"}, State.HANDLING),
    "ask": (AT_WORK, "handler", {"question": "哪一根？"}, State.HANDLING),
    "extend": (AT_WORK, "handler", {"work_days": 3, **REASON}, State.HANDLING),
    "grant": ((*AT_WORK, "extend"), "supervisor", {}, State.HANDLING),
    "deny": ((*AT_WORK, "extend"), "supervisor", REASON, State.HANDLING),
    "defer": (
        AT_WORK,
        "supervisor",
        {"owner": "路灯所", "review_on": NEXT_MONTH, **REASON},
        State.DEFERRED,
    ),
    "resume": ((*AT_WORK, "defer"), "supervisor", {}, State.HANDLING),
    "answer": (AT_WORK, "handler", {"words": "灯已修好。"}, State.ANSWERED),
    "inspect": (
        ANSWERED,
        "inspector",
        {"words": "亮了。", "instead": "夜间查看。"},
        State.RESOLVED,
    ),
    "rework": (ANSWERED, "inspector", REASON, State.HANDLING),
    "follow_up": (CHECKED, "acceptor", {"result": "no_answer"}, State.RESOLVED),
    "close": (CHECKED, "acceptor", {}, State.CLOSED),
    "about": ((), "acceptor", {"office": "roads"}, State.RECEIVED),
    "keep_from": (
        (),
        "acceptor",
        {"colleague": "stranger", "reason": "反映的就是这位同志。"},
        State.RECEIVED,
    ),
    "urge": (AT_WORK, "dispatcher", {}, State.HANDLING),
    "supervise": (
        AT_WORK,
        "supervisor",
        {
            "instruction": "三日内处理。",
            "report_on": NEXT_MONTH,
            "listed": "on",
            "summary": "限期修复",
        },
        State.HANDLING,
    ),
    "report": ((*AT_WORK, "supervise"), "handler", {"words": "已更换。"}, State.HANDLING),
    "insist": (
        (*AT_WORK, "supervise", "report"),
        "supervisor",
        {"instruction": "逐盏排查。", "report_on": NEXT_MONTH},
        State.HANDLING,
    ),
    "lift": ((*AT_WORK, "supervise", "report"), "supervisor", REASON, State.HANDLING),
    "force_close": (AT_WORK, "supervisor", REASON | {"remedy": "请向铁路反映。"}, State.FORCED),
    "note": ((), "acceptor", {"words": "同一路段。"}, State.RECEIVED),
    "reopen": (CHECKED, "acceptor", REASON, State.HANDLING),
}

TIMELY = {"extend", "object"}  # nobody asks or objects when the time for it is over
PARTS = (
    "messages",
    "tasks",
    "objections",
    "extensions",
    "waitings",
    "deferrals",
    "supervisions",
    "answers",
    "follow_ups",
    "parts",
)


def address(matter: Matter, name: str = "show") -> str:
    return reverse(f"matters:{name}", args=[matter.pk])


def press(browser: Client, matter: Matter, name: str, **typed: object):
    return browser.post(address(matter, name), {"version": matter.version} | typed)


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


@pytest.mark.parametrize("name", FORMS)
def test_each_move_is_made_by_its_page(town, as_, name):
    before, who, typed, after = PRESSES[name]
    at = now() if name in TIMELY else make.NOON
    matter = make.walk(town, make.matter(town, at=at), *before, at=at)
    if "number" in typed:
        typed = typed | {"number": make.matter(town).number}
    response = press(as_(who), matter, name, **typed)
    assert (response.status_code, response.get("Location")) == (302, address(matter))
    seen = Matter.objects.get(pk=matter.pk)
    assert (seen.state, seen.version) == (after, matter.version + 1)
    assert Entry.objects.filter(subject=matter.pk, verb=f"matter.{name}").exists()


@pytest.mark.parametrize("name", FORMS)
def test_whatever_a_move_leaves_stands_on_the_page(town, name):
    before, who, _typed, _after = PRESSES[name]
    matter = make.walk(town, make.matter(town), *before)
    if name == "merge":
        given: dict[str, Any] = {"into": make.matter(town)}
    elif name == "sort":
        given = {"kind": town.hole, "urgent": False}
    else:
        given = make.pressed(town, name)[2]
    getattr(actions, name)(matter, by=town.staff(who), at=make.NOON, **given)
    page = read(matter, town.staff("supervisor"), make.NOON)
    for part in PARTS:
        kept = list(getattr(matter, part).values_list("pk", flat=True))
        assert (part, {row.pk for row in getattr(page, part)}) == (part, set(kept))


@pytest.mark.parametrize("name", FORMS)
def test_each_move_has_its_form_on_the_page_of_who_may_make_it(town, as_, name):
    before, who, _typed, _after = PRESSES[name]
    at = now() if name in TIMELY else make.NOON
    matter = make.walk(town, make.matter(town, at=at), *before, at=at)
    body = as_(who).get(address(matter, name)).content.decode()
    assert f'action="{address(matter, name)}"' in body
    assert f'name="version" value="{matter.version}"' in body


@pytest.mark.parametrize("name", FORMS)
def test_who_may_not_make_a_move_reads_that_and_nothing_changes(town, as_, name):
    before, who, typed, _after = PRESSES[name]
    matter = make.walk(town, make.matter(town), *before)
    other = "officer" if who != "officer" else "worker"
    if "number" in typed:
        typed = typed | {"number": make.matter(town).number}
    response = press(as_(other), matter, name, **typed)
    if name == "note":  # everybody who oversees the place may write one
        assert response.status_code == 302
        return
    assert response.status_code == 403
    assert Matter.objects.get(pk=matter.pk).version == matter.version


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("acceptor", 200),
        ("dispatcher", 200),
        ("handler", 200),
        ("inspector", 200),
        ("supervisor", 200),
        ("worker", 200),
        ("officer", 200),
        ("stranger", 403),
        ("administrator", 403),
    ],
)
def test_who_opens_the_page_of_a_matter_at_an_office(town, as_, who, status):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    assert as_(who).get(address(matter)).status_code == status


def test_everybody_else_signs_in_first(town, client):
    matter = make.matter(town)
    response = client.get(address(matter))
    assert (response.status_code, response["Location"]) == (
        302,
        f"{reverse('accounts:sign_in')}?next={address(matter)}",
    )


def test_another_offices_matter_answers_403_to_read_and_to_write_without_its_title(town, as_):
    photo = tidy(picture())
    matter = make.walk(town, make.matter(town, photos=(photo,)), *AT_WORK)
    browser = as_("stranger")
    key = matter.attachments.get().pk
    answers = [
        browser.get(address(matter)),
        browser.get(address(matter, "answer")),
        press(browser, matter, "answer", words="不是我的。"),
        browser.post(address(matter, "contact"), {"purpose": "ask"}),
        browser.get(reverse("matters:file", args=[key])),
    ]
    assert [one.status_code for one in answers] == [403] * len(answers)
    assert [matter.title in one.content.decode() for one in answers] == [False] * len(answers)
    assert matter.number not in "".join(
        browser.get(reverse("matters:export")).getvalue().decode().splitlines()
    )


def test_after_it_moves_to_another_office_my_link_says_so(town, as_):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "object", "send_back")
    actions.dispatch(matter, office=town.roads, by=town.staff("dispatcher"), at=make.NOON)
    response = as_("handler").get(address(matter), headers={"Accept-Language": "en"})
    body = response.content.decode()
    assert response.status_code == 403
    assert "Your office gave this matter back. It is with another office now." in body
    assert (matter.title in body, town.roads.name_en in body) == (False, False)


def test_a_stale_page_loses_with_409_and_keeps_what_was_typed(town, as_):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    old = matter.version
    make.walk(town, matter, "handle")
    browser = as_("handler")
    typed = {"version": old, "words": "我写了很久的答复。"}
    response = browser.post(address(matter, "answer"), typed)
    assert response.status_code == 409
    assert "我写了很久的答复。" in response.content.decode()
    assert Matter.objects.get(pk=matter.pk).state == State.HANDLING


def test_a_move_that_is_closed_by_now_answers_409_with_the_matter_as_it_stands(town, as_):
    matter = make.walk(town, make.matter(town), "accept")
    response = as_("acceptor").post(address(matter, "accept"), {"version": matter.version})
    assert response.status_code == 409
    assert matter.number in response.content.decode()


def test_a_form_that_is_refused_comes_back_with_its_words_and_a_sentence(town, as_):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    browser = as_("handler")
    typed = {"reason": "等待配件到货。", "work_days": 90}
    response = press(browser, matter, "extend", **typed)
    assert response.status_code == 422
    assert "等待配件到货。" in response.content.decode()
    long = press(browser, matter, "answer", words="好" * 20_001)
    assert (long.status_code, "20001" in long.content.decode()) == (422, True)


def test_an_answer_to_many_points_may_be_as_long_as_the_action_allows(town, as_):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    assert press(as_("handler"), matter, "answer", words="好" * 20_000).status_code == 302
    assert len(matter.answers.get().text) == 20_000


def test_what_the_action_refuses_comes_back_too(town, as_):
    matter = make.matter(town, kind=town.hole)
    response = press(as_("worker"), matter, "settle", words="已填平。")
    assert response.status_code == 422
    assert "已填平。" in response.content.decode()


def test_a_closed_move_says_why(town, as_):
    matter = make.walk(town, make.matter(town), *TO_OFFICE)
    body = as_("dispatcher").get(address(matter), headers={"Accept-Language": "en"})
    said = body.content.decode()
    assert "There is no objection to rule on." in said
    assert "Only the office that has the matter may do this." in said


def closed_move(response, name: str) -> str:
    """Return why a move stands closed on a page, or "" where it is open."""
    return next((one.why for one in response.context["closed_moves"] if one.name == name), "")


def test_until_the_requester_was_asked_closing_says_so(town, as_):
    at = now() - timedelta(days=1)
    matter = make.matter(town, at=at, contact=Contact(phone="13800138000"))
    make.walk(town, matter, *CHECKED, at=at)
    browser = as_("acceptor")
    assert closed_move(browser.get(address(matter)), "close") == (
        "请先征求诉求人意见：电话回访，或者等满七天。"
    )
    make.walk(town, matter, "follow_up", "follow_up", "follow_up", at=now())
    assert closed_move(browser.get(address(matter)), "close") == ""


def test_a_week_after_the_check_closing_is_open(town, as_):
    at = now() - timedelta(days=8)
    matter = make.matter(town, at=at, contact=Contact(phone="13800138000"))
    make.walk(town, matter, *CHECKED, at=at)
    assert closed_move(as_("acceptor").get(address(matter)), "close") == ""


def test_the_contact_is_masked_until_looked_at_and_every_look_is_kept(town, as_):
    contact = Contact("王女士", "13800138000")
    matter = make.walk(town, make.matter(town, contact=contact), *AT_WORK)
    browser = as_("handler")
    assert "13800138000" not in browser.get(address(matter)).content.decode()
    offered = browser.get(address(matter)).content.decode()
    assert all(f'<option value="{purpose}">' in offered for purpose in PURPOSES)
    response = browser.post(address(matter, "contact"), {"purpose": "visit"})
    assert "13800138000" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    looked = Look.objects.get(subject=matter.pk)
    assert (looked.purpose, looked.by_id) == ("visit", town.handler.pk)


def test_a_look_without_a_purpose_or_a_right_shows_nothing(town, as_):
    matter = make.matter(town, contact=Contact("王女士", "13800138000"))
    without = as_("acceptor").post(address(matter, "contact"), {})
    assert (without.status_code, "13800138000" in without.content.decode()) == (422, False)
    officer = as_("officer").post(address(matter, "contact"), {"purpose": "ask"})
    assert (officer.status_code, Look.objects.count()) == (403, 0)


def test_absent_contacts_show_as_absent(town, as_):
    body = as_("acceptor").get(address(make.matter(town)), headers={"Accept-Language": "en"})
    assert "Anonymous: no contact was left." in body.content.decode()


def test_the_dispatch_form_names_the_office_of_the_duty_first(town, as_):
    matter = make.walk(town, make.matter(town, kind=town.hole), "accept")
    body = as_("dispatcher").get(address(matter, "dispatch")).content.decode()
    assert '<option value="roads" selected>' in body


def test_what_is_offered_to_be_told_is_in_the_language_of_who_raised_it(town, as_):
    Kind.objects.update(ground="《道路照明条例》第三条", ground_en="Street Lighting Rules, art. 3")
    with override("en"):
        first, second, third = (make.matter(town) for _n in range(3))
    actions.seed_phrases(by=SYSTEM, at=make.NOON)
    browser = as_("acceptor")  # who reads Chinese
    form = browser.get(address(first, "refuse")).content.decode()
    assert ">不在本区<" in form
    assert '"The place is outside this district' in form
    press(browser, first, "refuse", phrase="elsewhere")
    told = Message.objects.get(matter=first).text
    assert told.startswith("The place is outside this district")

    make.walk(town, second, *AT_WORK)
    assert "Street Lighting Rules, art. 3" in as_("handler").get(address(second, "answer")).text
    make.walk(town, third, *AT_WORK)
    owner = as_("supervisor").get(address(third, "defer")).context["open_moves"]
    assert [b.form.initial["owner"] for b in owner if b.name == "defer"] == ["lights"]


def test_of_a_moved_date_only_what_somebody_wrote_is_kept(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "extend", "grant")
    assert Message.objects.get(matter=matter).text == "等待配件。"


def test_kinds_are_suggested_with_the_words_that_spoke_for_them(town, as_):
    matter = make.matter(town, kind=town.hole, text="路灯不亮，路灯不亮了三天。")
    body = as_("acceptor").get(address(matter, "sort")).content.decode()
    assert 'data-value="lamp"' in body
    assert "100 % ·" in body
    assert ">路灯不亮</" in body


def test_from_the_pool_a_matter_goes_to_a_grid_by_its_code_and_only_to_ones_own(town, as_):
    matter = make.matter(town, place=town.district)
    other = make.place("990102", "邻区", town.district.level)
    browser = as_("dispatcher")
    offered = browser.get(address(matter, "relocate")).content.decode()
    assert [p.code in offered for p in (town.community, town.grid, other)] == [True, False, False]
    assert press(browser, matter, "relocate", code=other.code).status_code == 422
    assert press(browser, matter, "relocate").status_code == 422
    assert press(browser, matter, "relocate", code=f" {town.grid.code} ").status_code == 302
    assert Matter.objects.get(pk=matter.pk).chain == town.grid.path


def test_a_matter_is_joined_to_one_nearby_or_by_number_but_to_none_unseen(town, as_):
    first, second, third = (make.matter(town) for _n in range(3))
    browser = as_("acceptor")
    assert first.number in browser.get(address(second, "merge")).content.decode()
    assert press(browser, second, "merge", near=first.number).status_code == 302
    assert press(browser, third, "merge", number="260302-001-000000-X").status_code == 422


def test_photos_of_a_move_are_kept_with_it(town, as_):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    typed = {"words": "修好了。", "photos": [picture(), picture()]}
    assert press(as_("handler"), matter, "answer", **typed).status_code == 302
    assert matter.attachments.filter(stage=Attachment.Stage.AFTER).count() == 2


def test_a_file_that_is_no_photo_is_named_and_nothing_is_kept(town, as_):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    page = SimpleUploadedFile("灯.jpg", b"<html>", "image/jpeg")
    answer = press(as_("handler"), matter, "answer", words="修好了。", photos=[picture(), page])
    assert (
        answer.status_code,
        "灯.jpg: 这个文件不是可以识别的照片" in answer.content.decode(),
    ) == (422, True)
    assert not matter.attachments.exists()


def test_after_a_move_it_goes_on_to_where_the_reader_came_from_and_nowhere_else(town, as_):
    matter = make.matter(town)
    browser = as_("acceptor")
    onward = press(browser, matter, "accept", next="/desk/?tab=received")
    assert onward["Location"] == "/desk/?tab=received"
    matter = make.matter(town)
    elsewhere = press(browser, matter, "accept", next="https://example.org/")
    assert elsewhere["Location"] == address(matter)


def test_a_photo_is_shown_to_who_may_see_its_matter_and_never_to_the_public(town, client):
    matter = make.matter(town, photos=(tidy(picture()),))
    at = reverse("matters:file", args=[matter.attachments.get().pk])
    assert client.get(at).status_code == 403
    session = client.session
    session["follows"] = [matter.pk.hex]
    session.save()
    shown = client.get(at)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Cache-Control"].startswith("private")
    assert shown.getvalue().startswith(b"\xff\xd8")
    client.force_login(town.acceptor)
    seen = client.get(at)
    assert (seen.status_code, seen.getvalue()[:2]) == (200, b"\xff\xd8")


def test_the_export_holds_no_contact_and_no_free_text_and_is_recorded(town, as_):
    contact = Contact("王女士", "13800138000")
    matter = make.walk(town, make.matter(town, contact=contact, address="临河路"), *AT_WORK)
    body = as_("supervisor").get(reverse("matters:export")).getvalue().decode()
    rows = list(csv.reader(StringIO(body.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1] == [
        matter.number,
        "路灯不亮",
        town.grid.code,
        "办理中",
        "",
        "2026-03-02 12:00",
        "2026-03-09 17:30",
        "",
        "",
        "路灯管理所",
    ]
    kept = Entry.objects.get(verb="matters.export")
    assert kept.by_id == signed(kept.subject, town.supervisor.pk)


def sheet(browser, **asked):
    """Return the rows of the spreadsheet that somebody takes out."""
    sent = browser.get(reverse("matters:ledger"), asked)
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(sent.streaming_content)))
    return book.get_sheet_by_index(0).to_python()


def test_the_ledger_of_a_month_holds_what_was_received_in_it_as_the_file_says_it(town, as_):
    late = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)  # 23:59 of the last day, in Shanghai
    matters = [make.matter(town, at=at) for at in (late, late + timedelta(minutes=1), make.NOON)]
    browser = as_("supervisor")
    march = sheet(browser, month="2026-03")
    assert [row[0] for row in march[1:]] == [matters[2].number, matters[1].number]
    body = browser.get(reverse("matters:export"), {"month": "2026-03"}).getvalue().decode()
    assert march == list(csv.reader(StringIO(body.removeprefix("\ufeff"))))
    assert [
        entry.facts for entry in Entry.objects.filter(verb="matters.export").order_by("seq")
    ] == [{"month": "2026-03"}] * 2


@pytest.mark.parametrize("month", ["2026-13", "März", "2026-3-1", "%"])
def test_a_month_that_is_none_is_refused_with_a_sentence(town, as_, month):
    response = as_("supervisor").get(reverse("matters:ledger"), {"month": month})
    assert response.status_code == 422
    assert "2026-03" in response.content.decode()
    assert not Entry.objects.filter(verb="matters.export").exists()


def test_no_cell_of_the_export_is_a_formula_and_a_sealed_matter_is_number_and_state(town, as_):
    from gongzhi.matters.models import KindClass

    group = KindClass.objects.get()
    evil = make.kind(group, "evil", "=cmd|' /C calc'!A0", "@evil")
    own = make.kind(group, "own", "本人申请调解", "My request", object="own_request", sealed=True)
    make.matter(town, kind=evil)
    sealed = make.matter(town, kind=own)
    body = as_("acceptor").get(reverse("matters:export")).getvalue().decode()
    rows = list(csv.reader(StringIO(body.removeprefix("\ufeff"))))[1:]
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    assert [sealed.number, "", "", "已接收"] in rows


def test_the_export_holds_what_the_reader_may_see_and_asked_for(town, as_):
    make.matter(town, place=town.next_grid)
    mine = make.matter(town)
    make.walk(town, make.matter(town), "accept")
    body = as_("worker").get(reverse("matters:export"), {"state": "received"}).getvalue().decode()
    assert [line.split(",")[0] for line in body.splitlines()[1:]] == [mine.number]


def test_the_page_costs_the_same_queries_with_one_and_three_notes(town, as_, queries):
    contact = Contact("王女士", "13800138000")
    matter = make.walk(town, make.matter(town, contact=contact), *AT_WORK, "note")
    browser = as_("handler")
    browser.get(address(matter))
    with queries("show"):
        browser.get(address(matter))
    make.walk(town, matter, "note", "note")
    with queries("show"):
        browser.get(address(matter))


def test_the_page_says_when_it_is_due_and_what_happened_in_words(town, as_):
    at = now()
    matter = make.matter(town, at=at)
    make.walk(town, matter, "accept", "dispatch", at=at)
    body = as_("handler").get(address(matter), headers={"Accept-Language": "en"}).content.decode()
    assert "Sent to lights" in body
    assert "to be acknowledged by the office" in body


def test_a_matter_that_is_not_there_is_not_found(town, as_):
    key = make.matter(town).pk.hex[:-12] + "0" * 12
    at = f"/matters/{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}/"
    assert as_("acceptor").get(at).status_code == 404


def test_the_file_holds_every_matter_of_many_months_once_the_latest_first(town, as_):
    at = [make.NOON - timedelta(days=n) for n in (0, 29, 30, 31, 60, 400)]
    numbers = [make.matter(town, at=when).number for when in at]
    body = b"".join(as_("acceptor").get(reverse("matters:export")).streaming_content)
    rows = list(csv.reader(StringIO(body.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == numbers


@pytest.mark.parametrize(
    ("name", "pressed", "after"),
    [
        ("take", ("stranger", {}), "acknowledged"),
        ("decline", ("stranger", {"ground": "不涉及路面。"}), "given"),
        ("bind", ("dispatcher", REASON), "given"),
        ("release", ("dispatcher", REASON), "returned"),
        ("finish", ("stranger", {"words": "路面已恢复。"}), "done"),
    ],
)
def test_each_move_of_a_task_is_made_by_its_page(town, as_, name, pressed, after):
    (who, typed), at = pressed, now()
    before = {"bind": ("decline",), "finish": ("take",)}.get(name, ())
    matter = make.walk(town, make.matter(town, at=at), *TO_OFFICE, "involve", *before, at=at)
    task = make.task(matter)
    here = reverse(f"matters:{name}", args=[task.pk])
    body = as_(who).get(here).content.decode()
    assert f'action="{here}"' in body
    assert f'name="version" value="{task.version}"' in body
    response = as_(who).post(here, {"version": task.version} | typed)
    assert (response.status_code, response["Location"]) == (302, address(matter))
    moved = make.task(matter)
    assert (moved.state, moved.version) == (after, task.version + 1)
    assert Entry.objects.get(subject=matter.pk, verb=f"matter.{name}").facts["office"] == "roads"
    assert as_("handler").post(here, {"version": moved.version} | typed).status_code == 403


def test_of_two_in_a_co_office_the_second_reads_that_the_first_was_first(town, as_):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "involve")
    here = reverse("matters:take", args=[make.task(matter).pk])
    answers = [as_("stranger").post(here, {"version": 1}).status_code for _press in range(2)]
    assert answers == [302, 409]

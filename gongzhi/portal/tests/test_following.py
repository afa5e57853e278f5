from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.accounts.models import Throttle
from gongzhi.audit.actions import look
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.seal import unseal
from gongzhi.jobs.models import Job
from gongzhi.matters import actions
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.states import State
from gongzhi.matters.tests import make as cast
from gongzhi.portal.tests.make import enter, follow, picture, raised

pytestmark = pytest.mark.django_db
LI = Contact("李", "13800138000")


@pytest.fixture
def client(client):
    client.cookies["django_language"] = "en"
    return client


def address(matter, name="show"):
    return reverse(f"portal:{name}", args=[matter.pk])


def text(response):
    return response.content.decode()


def test_a_wrong_code_opens_nothing_and_says_so(client, town):
    matter = cast.matter(town)
    response = enter(client, matter.number, "AAAA-BBBB-CCCC")
    assert response.status_code == 422
    assert "No matter has this number and this code." in text(response)
    assert client.get(address(matter))["Location"] == "/follow/"


def test_a_code_guessed_a_hundred_times_is_slowed_then_locked_and_told(client, town, monkeypatch):
    receipt = actions.receive(cast.report(town), by=cast.ANYBODY, at=cast.NOON)
    number = receipt.matter.number
    statuses = [enter(client, number, f"GUESS{n:07d}").status_code for n in range(100)]
    assert statuses == [422] * 5 + [429] * 95

    locked = enter(client, number, receipt.code)
    assert locked.status_code == 429
    assert "Too many codes were tried. You can try again from" in text(locked)

    in_an_hour, in_two_days = now() + timedelta(hours=1), now() + timedelta(days=2)
    monkeypatch.setattr("gongzhi.portal.pages.following.now", lambda: in_an_hour)
    assert enter(client, number, receipt.code).status_code == 429
    monkeypatch.setattr("gongzhi.portal.pages.following.now", lambda: in_two_days)
    assert enter(client, number, receipt.code).status_code == 302


def test_guesses_at_one_number_do_not_lock_another(client, town):
    for n in range(10):
        enter(client, cast.matter(town).number, f"GUESS{n:07d}")
    matter = follow(client, town)
    assert client.get(address(matter)).status_code == 200


def test_who_raised_it_is_told_that_somebody_guessed(client, town):
    matter = follow(client, town)
    assert "a wrong code was tried" not in text(client.get(address(matter)))
    for n in range(3):
        enter(Client(), matter.number, f"GUESS{n:07d}")
    assert "a wrong code was tried for this matter (times: 3)" in text(client.get(address(matter)))


def test_a_session_follows_only_what_it_has_proven(client, town):
    mine, theirs = follow(client, town), cast.matter(town)
    assert client.session["follows"] == [mine.pk.hex]
    assert client.get(address(theirs)).status_code == 302
    for name in ("add", "rate", "reopen", "withdraw", "restore"):
        assert client.post(address(theirs, name)).status_code == 403
    theirs.refresh_from_db()
    assert theirs.version == 1


def test_a_shared_device_forgets(client, town):
    matter = follow(client, town)
    client.post("/follow/leave/")
    assert client.get(address(matter)).status_code == 302


def test_the_story_tells_every_step_and_no_note(client, town):
    matter = follow(client, town)
    moves = "accept note dispatch object dismiss acknowledge handle extend grant answer inspect"
    cast.walk(town, matter, *moves.split())
    page = client.get(address(matter))
    labels = [line.label for line in page.context["story"].lines]
    assert [label.split(" by ")[0] for label in labels] == [
        "Received",
        "Accepted. An answer is promised",
        "Sent to lights",
        "The office says it is not its duty. The centre decides.",
        "The centre decided that it stays with the office",
        "lights has taken it on",
        "Progress",
        "The office asks for 5 more work days",
        "More time was granted. The answer is now promised",
        "lights has answered",
        "Checked",
    ]
    assert "与昨天的是同一段路" not in text(page)
    assert "该路段不归我所管理" not in text(page)
    assert "灯已修好。" in text(page)
    assert "等待配件" in text(page)


def test_progress_that_was_not_told_is_not_shown(client, town):
    matter = follow(client, town)
    cast.walk(town, matter, "accept", "dispatch", "acknowledge")
    by = town.staff("handler")
    actions.handle(matter, words="内部安排", by=by, at=cast.NOON)
    assert "内部安排" not in text(client.get(address(matter)))


def test_a_refusal_gives_reason_remedy_and_a_name(client, town):
    matter = follow(client, town)
    cast.walk(town, matter, "refuse")
    page = text(client.get(address(matter)))
    assert "不属于本区职责。\n请向市水务局反映。" in page
    assert "acceptor同志" in page


def test_a_question_is_answered_with_words_and_photos(client, town):
    matter = follow(client, town)
    cast.walk(town, matter, "accept", "dispatch", "acknowledge", "ask")
    assert "是哪一根灯杆？" in text(client.get(address(matter)))

    said = {"words": "南边第三根。", "photos": [picture()], "version": matter.version}
    assert client.post(address(matter, "add"), said).status_code == 302
    page = client.get(address(matter))
    assert page.context["story"].question is None
    assert "南边第三根。" in text(page)
    photo = page.context["story"].photos["added"][0]
    shown = client.get(reverse("matters:file", args=[photo.pk]))
    assert b"".join(shown.streaming_content)[:3] == b"\xff\xd8\xff"  # reading it closes it
    assert Client().get(reverse("matters:file", args=[photo.pk])).status_code == 403


def test_what_was_typed_survives_somebody_elses_move(client, town):
    matter = follow(client, town)
    seen = matter.version
    cast.walk(town, matter, "accept")
    response = client.post(address(matter, "add"), {"words": "还有一盏。", "version": seen})
    assert response.status_code == 409
    assert "还有一盏。" in text(response)
    assert f'name="version" value="{matter.version}"' in text(response)


def test_nothing_to_add_is_said_beside_the_field(client, town):
    matter = follow(client, town)
    response = client.post(address(matter, "add"), {"words": " "})
    assert (response.status_code, "Please write a few words." in text(response)) == (422, True)


def test_withdrawing_can_be_undone_for_72_hours(client, town, monkeypatch):
    matter = follow(client, town)
    assert client.post(address(matter, "withdraw"), {"version": 1}).status_code == 302
    assert "Undo the withdrawal" in text(client.get(address(matter)))
    assert client.post(address(matter, "restore"), {"version": 2}).status_code == 302
    matter.refresh_from_db()
    assert matter.state == State.RECEIVED

    client.post(address(matter, "withdraw"))
    late = now() + timedelta(hours=73)
    monkeypatch.setattr("gongzhi.portal.pages.following.now", lambda: late)
    assert "Undo the withdrawal" not in text(client.get(address(matter)))
    response = client.post(address(matter, "restore"))
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("end", "steps"),
    [
        ("refuse", ["Received", "Not accepted"]),
        ("withdraw", ["Received", "Accepted", "Withdrawn"]),
        ("merge", ["Received", "Accepted", "Joined to a matter about the same thing"]),
    ],
)
def test_what_ended_before_its_course_shows_what_happened_and_the_end(client, town, end, steps):
    matter = follow(client, town)
    if end == "merge":
        cast.walk(town, matter, "accept")
        given = {"into": cast.matter(town), "by": town.staff("acceptor")}
        actions.merge(matter, **given, at=cast.NOON)
    else:
        cast.walk(town, matter, *([] if end == "refuse" else ["accept"]), end)
    shown = client.get(address(matter)).context["story"].standing.steps
    assert [(step.label, step.state) for step in shown] == [(label, "done") for label in steps]
    assert all(step.when for step in shown)


def done(client, town):
    matter = follow(client, town)
    return cast.walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect")


def test_solved_is_said_with_how_satisfied(client, town):
    matter = done(client, town)
    assert (
        client.post(address(matter, "rate"), {"satisfied": "4", "comment": "快"}).status_code == 302
    )
    matter.refresh_from_db()
    assert (matter.state, matter.satisfied) == (State.CLOSED, 4)


def test_satisfaction_is_from_one_to_five(client, town):
    matter = done(client, town)
    response = client.post(address(matter, "rate"), {"satisfied": "6"})
    assert (response.status_code, "Choose from 1 to 5." in text(response)) == (422, True)


def test_not_solved_is_taken_up_again_with_the_first_date(client, town):
    matter = done(client, town)
    promised = matter.first_answer_by
    assert client.post(address(matter, "reopen"), {"reason": "又灭了"}).status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.first_answer_by) == (State.HANDLING, promised)


def test_a_joined_matter_shows_the_progress_of_the_other_and_none_of_its_words(client, town):
    first = cast.matter(town, text="这是别人的话。")
    mine = follow(client, town, text="同一盏灯。")
    actions.merge(mine, into=first, by=town.staff("acceptor"), at=cast.NOON)
    cast.walk(town, first, "accept", "dispatch", "acknowledge", "answer")
    page = text(client.get(address(mine)))
    assert "灯已修好。" in page
    assert "这是别人的话。" not in page
    assert first.number not in page


def test_who_looked_at_the_contact_is_shown(client, town):
    matter = follow(client, town, contact=LI)
    assert "Nobody so far." in text(client.get(address(matter)))
    look(matter.pk, purpose="follow_up", by=town.staff("acceptor"), at=cast.NOON)
    assert "acceptor同志: to call back about the result" in text(client.get(address(matter)))


def test_a_changed_place_is_told_without_names_or_blame(client, town):
    matter = follow(client, town, place=town.district)
    cast.walk(town, matter, "relocate")
    line = client.get(address(matter)).context["story"].lines[-1]
    said = "Handed to the place it belongs to. The promised dates stand."
    assert (line.label, line.by, line.text) == (said, "", "")


def test_who_closed_it_is_named_in_the_readers_words(client, town):
    matter = follow(client, town)
    cast.walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect")
    actions.close(matter, by=SYSTEM, at=cast.NOON + timedelta(days=8))
    closed = client.get(address(matter)).context["story"].lines[-1]
    assert (closed.label, closed.by) == ("Closed", "the system")


def code_sent(job):
    content = unseal(base64.b64decode(job.args["sealed"]), job.args["about"])
    return content["to"], content["text"].split(":")[1].split(".")[0].strip()


def test_a_code_to_the_contact_opens_what_was_raised_with_it(client, town):
    receipt = actions.receive(cast.report(town, contact=LI), by=cast.ANYBODY, at=cast.NOON)
    assert client.post("/follow/contact/", {"contact": "138 0013 8000"}).status_code == 302
    to, code = code_sent(Job.objects.get(topic="message"))
    assert to == "13800138000"

    wrong = client.post(
        "/follow/contact/code/", {"code": "000000" if code != "000000" else "1" * 6}
    )
    assert wrong.status_code == 422
    response = client.post("/follow/contact/code/", {"code": code}, follow=True)
    assert receipt.matter.number in text(response)
    assert client.get(address(receipt.matter)).status_code == 200
    assert receipt.matter.pk.hex in client.session["follows"]


@pytest.mark.parametrize("left", ["138 0013 8000", "Li@Example.org"])
def test_who_left_telephone_and_email_finds_it_with_either(client, town, left):
    both = Contact("李", "13800138000", "li@example.org")
    receipt = actions.receive(cast.report(town, contact=both), by=cast.ANYBODY, at=cast.NOON)
    cast.matter(town, contact=Contact(phone="13900139000", email="other@example.org"))
    client.post("/follow/contact/", {"contact": left})
    _to, code = code_sent(Job.objects.get(topic="message"))
    client.post("/follow/contact/code/", {"code": code})
    rows = client.get("/follow/mine/").context["rows"]
    assert [matter for matter, _standing in rows] == [receipt.matter]
    assert client.get(address(receipt.matter)).status_code == 200


def test_nobody_learns_whether_a_contact_is_known(client, town):
    cast.matter(town, contact=LI)
    known = client.post("/follow/contact/", {"contact": LI.phone}, follow=True)
    unknown = client.post("/follow/contact/", {"contact": "13900139000"}, follow=True)
    same = [text(page).split("csrfmiddlewaretoken")[0] for page in (known, unknown)]
    assert same[0] == same[1]
    assert Job.objects.filter(topic="message").count() == 1


def test_codes_are_sent_three_times_an_hour_at_most(client, town):
    statuses = [
        client.post("/follow/contact/", {"contact": LI.phone}).status_code for _ in range(4)
    ]
    assert statuses == [302, 302, 302, 429]


def test_six_digits_guessed_are_locked(client, town):
    cast.matter(town, contact=LI)
    client.post("/follow/contact/", {"contact": LI.phone})
    tried = [
        client.post("/follow/contact/code/", {"code": f"{n:06d}"}).status_code for n in range(21)
    ]
    assert tried == [422] * 20 + [429]


def test_the_limits_keep_no_number_and_no_address(client, town):
    matter = cast.matter(town)
    enter(client, matter.number, "AAAA-BBBB-CCCC")
    keys = "".join(Throttle.objects.values_list("key", flat=True))
    assert matter.number not in keys
    assert "127.0.0.1" not in keys


def test_following_costs_the_same_queries_with_one_and_three_of_everything(client, town, queries):
    matter = raised(client, photos=[picture()], reach="yes", phone=LI.phone)
    cast.walk(town, matter, "accept", "dispatch", "acknowledge")
    for n in (1, 3):
        for _ in range(n):
            cast.walk(town, matter, "ask", "add", "handle", "answer", "rework")
            look(matter.pk, purpose="follow_up", by=town.staff("acceptor"), at=cast.NOON)
        matter.refresh_from_db()
        with queries(f"follow with {n}"):
            client.get(address(matter))


def test_every_own_move_is_offered_exactly_where_it_works(client, town):
    """The page and the lifecycle agree."""
    matter = follow(client, town)
    seen = {}
    for name in ("", "accept", "dispatch", "acknowledge", "answer", "inspect", "rate"):
        if name:
            cast.walk(town, matter, name)
        seen[matter.state] = sorted(client.get(address(matter)).context["forms"])
    early = ["add", "withdraw"]
    assert (
        seen
        == {
            "received": early,
            "accepted": early,
            "dispatched": early,
            "handling": early,
            "answered": early,
            "resolved": ["add", "rate", "reopen"],
            "closed": ["reopen"],
        }
        or seen["closed"] == []
    )  # NOON lies more than 30 days back
    assert Matter.objects.count() == 1


def test_a_question_that_the_end_overtook_is_asked_no_more(client, town):
    matter = follow(client, town)
    cast.walk(town, matter, "accept", "dispatch", "acknowledge", "ask", "answer", "inspect", "rate")
    page = client.get(address(matter))
    assert (page.context["story"].question, "add" in page.context["forms"]) == (None, False)

"""Who reads what: everybody × every document, at every address, in every stage."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.audit.queries import history
from gongzhi.matters.uploads import Sort, Upload
from gongzhi.mediation import actions, rules
from gongzhi.mediation.models import Case
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests.make import QIAN, SUN, ZHAO
from gongzhi.notices.models import Letter, Notice
from gongzhi.parties.models import Paper

pytestmark = pytest.mark.django_db

STAFF = (
    "head", "clerk", "mediator", "second", "outsider", "leader", "supervisor", "data_officer",
    "administrator", "acceptor", "dispatcher", "handler", "inspector", "worker", "officer",
)  # fmt: skip
PARTIES = {"applicant": ZHAO.name, "respondent": QIAN.name, "third": SUN.name}
SECRET = "底线是两千五"
JOINT = "大家都来说说经过"
OFFERED = "先付一千，余下月底付清"
ONLY = "只对钱川一人的方案"
MINUTED = "单独谈过，愿意让步"


def holding(party) -> Client:
    """Return the browser of a party that has come in with number and code."""
    browser = Client()
    session = browser.session
    session["parties"] = [party.pk.hex]
    session.save()
    return browser


def signed_in(town, name) -> Client:
    browser = Client()
    browser.force_login(getattr(town, name))
    return browser


@pytest.fixture
def full(town):
    """Return a case in mediation, with something of everything: Qian's private room holds secrets."""
    at = now()
    made = make.mediating(town, QIAN, SUN, at=at - timedelta(days=3))
    qian, mediator = make.side(made, QIAN.name), town.staff("mediator", at)
    photo = Upload(Sort.DOCUMENT, b"%PDF-", "借条.pdf")
    actions.say(made, room=qian.side, words=SECRET, uploads=[photo], by=qian, at=at)
    actions.say(made, room=None, words=JOINT, by=mediator, at=at)
    later = at + timedelta(days=5)
    actions.offer(made, text=OFFERED, expires_at=later, by=qian, at=at)
    only = make.party(made, QIAN.name)
    actions.offer(made, text=ONLY, expires_at=later, to=only, by=mediator, at=at)
    begins = at - timedelta(days=2)
    private = actions.plan(
        made, begins_at=begins, where="二楼", only=only, by=mediator, at=begins - timedelta(hours=1)
    )
    actions.hold(private, minutes=MINUTED, by=mediator, at=at)
    return made


def documents(case) -> dict[str, str]:
    """Return the addresses at the desk of everything in a case."""
    qian = make.party(case, QIAN.name)
    return {
        "page": reverse("mediation:show", args=[case.pk]),
        "joint": reverse("mediation:joint", args=[case.pk]),
        "private": reverse("mediation:room", args=[case.pk, qian.pk]),
        "paper": reverse("mediation:paper", args=[case.pk, Paper.objects.get().pk]),
        "ics": reverse("mediation:calendar", args=[case.sessions.get().pk]),
        "offer": reverse("mediation:retract", args=[case.offers.get(maker=None).pk]),
    }


READS = {
    "clerk": {"page"},
    "head": {"page"},
    "mediator": {"page", "joint", "private", "paper", "ics", "offer"},
}


@pytest.mark.parametrize("who", STAFF)
def test_of_the_staff_only_the_committee_reads_the_register_and_the_mediator_the_rooms(
    town, full, who
):
    browser = signed_in(town, who)
    got = {name: browser.get(where).status_code for name, where in documents(full).items()}
    reads = READS.get(who, set())
    assert {name for name, status in got.items() if status == 200} == reads
    assert {status for name, status in got.items() if name not in reads} <= {404}


@pytest.mark.parametrize("who", STAFF)
def test_what_staff_may_see_is_what_lists_show(town, full, who):
    by = town.staff(who, now())
    seen = rules.visible(Case.objects.all(), by).exists()
    assert seen == (who in READS)
    assert rules.may_see(by, Case.objects.get(pk=full.pk)) == seen


@pytest.mark.parametrize("who", ["clerk", "head"])
def test_the_register_holds_nothing_of_the_rooms(town, full, who):
    page = signed_in(town, who).get(reverse("mediation:show", args=[full.pk])).content.decode()
    for secret in (SECRET, JOINT, OFFERED, ONLY, MINUTED, "借条", ZHAO.phone):
        assert secret not in page


@pytest.mark.parametrize("who", ["outsider", "leader", "supervisor", "administrator", "second"])
def test_a_refusal_tells_nothing(town, full, who):
    answer = signed_in(town, who).get(reverse("mediation:show", args=[full.pk]))
    for secret in (full.number, make.TITLE, ZHAO.name, full.kind_name):
        assert secret not in answer.content.decode()


def party_documents(case, pk) -> dict[str, str]:
    return {
        "page": reverse("mediation:mine", args=[pk]),
        "joint": reverse("mediation:my_joint", args=[pk]),
        "private": reverse("mediation:my_room", args=[pk]),
        "paper": reverse("mediation:my_paper", args=[pk, Paper.objects.get().pk]),
        "ics": reverse("mediation:my_calendar", args=[pk, case.sessions.get().pk]),
        "offer": reverse("mediation:take", args=[pk, case.offers.get(maker=None).pk]),
    }


@pytest.mark.parametrize(("who", "name"), PARTIES.items())
def test_a_party_reads_the_joint_room_and_its_own_and_nothing_of_anothers(full, who, name):
    party = make.party(full, name)
    browser = holding(party)
    got = {
        key: browser.get(where).status_code
        for key, where in party_documents(full, party.pk).items()
    }
    own = {"paper", "ics", "offer"} if who == "respondent" else set()
    assert {key for key, status in got.items() if status == 200} == {
        "page", "joint", "private", *own
    }  # fmt: skip
    assert {status for status in got.values() if status != 200} <= {404}
    everything = "".join(
        browser.get(where).content.decode(errors="replace")
        for where in party_documents(full, party.pk).values()
    )
    for secret in (SECRET, ONLY, MINUTED, "借条"):
        assert (secret in everything) == (who == "respondent")
    assert JOINT in everything
    assert OFFERED in everything


@pytest.mark.parametrize(("who", "name"), PARTIES.items())
def test_nobody_sees_the_telephone_or_the_story_of_another(full, who, name):
    party = make.party(full, name)
    browser = holding(party)
    pages = [
        reverse(f"mediation:{one}", args=[party.pk]) for one in ("mine", "my_joint", "my_room")
    ]
    seen = "".join(browser.get(where).content.decode() for where in pages)
    others = {ZHAO.phone, QIAN.phone, SUN.email} - {party.reach.to}
    assert [secret for secret in (*others, make.STORY) if secret in seen] == []


def test_with_the_key_of_another_party_nobody_comes_in(full):
    mine, other = make.party(full), make.party(full, QIAN.name)
    browser = holding(mine)
    for name in ("mine", "my_room", "my_joint", "my_offer", "consent", "revoke"):
        assert browser.get(reverse(f"mediation:{name}", args=[other.pk])).status_code == 403
    for name in ("mend", "new_code"):
        assert browser.get(reverse(f"parties:{name}", args=[other.pk])).status_code == 403


def test_a_mediator_who_has_not_declared_reads_names_only(town):
    made = make.assigned(town, at=now())
    browser = signed_in(town, "mediator")
    page = browser.get(reverse("mediation:show", args=[made.pk])).content.decode()
    assert ZHAO.name in page
    for secret in (make.TITLE, make.STORY, ZHAO.phone):
        assert secret not in page
    room = reverse("mediation:joint", args=[made.pk])
    assert browser.get(room).status_code == 404


def test_who_steps_down_reads_it_no_more(town, full):
    actions.step_down(full, by=town.staff("mediator", now()), at=now())
    browser = signed_in(town, "mediator")
    assert {browser.get(where).status_code for where in documents(full).values()} == {404}


def test_every_look_of_staff_stands_on_the_page_of_each_party(town, full):
    signed_in(town, "clerk").get(reverse("mediation:show", args=[full.pk]))
    for name in PARTIES.values():
        party = make.party(full, name)
        page = holding(party).get(reverse("mediation:mine", args=[party.pk])).content.decode()
        assert "clerk同志: 办理本案" in page


def test_no_history_and_no_message_tells_what_was_said(full):
    told = "".join(f"{e.facts}{e.told}" for e in history(full.pk))
    for row in (*full.messages.all(), *full.offers.all(), *full.sessions.all()):
        told += "".join(f"{e.facts}{e.told}" for e in history(row.pk))
    told += "".join(f"{one.label}{one.verb}{one.link}" for one in Notice.objects.all())
    for secret in (SECRET, JOINT, OFFERED, ONLY, MINUTED, make.TITLE, make.STORY, ZHAO.name):
        assert secret not in told
    assert all(SECRET.encode() not in bytes(one.sealed) for one in Letter.objects.all())


def test_a_private_talk_leaves_nothing_in_the_history_of_the_case(town):
    made = make.mediating(town)
    before = history(made.pk).count()
    me = make.side(made)
    actions.say(made, room=me.side, words=SECRET, by=me, at=make.NOON)
    assert history(made.pk).count() == before


def test_a_stranger_signs_in_first_or_comes_with_number_and_code(client, full):
    assert client.get(reverse("mediation:show", args=[full.pk])).status_code == 302
    assert client.get(reverse("mediation:mine", args=[make.party(full).pk])).status_code == 403


def test_the_file_for_calendars_says_nothing_of_the_case_and_stays_one_line(town):
    made = make.mediating(town, at=now())
    begins = now() + timedelta(days=1)
    where = "一楼;二楼,\r\nATTENDEE:mailto:x@example.org"
    planned = actions.plan(
        made, begins_at=begins, where=where, by=town.staff("mediator", now()), at=now()
    )
    party = make.party(made)
    answer = holding(party).get(reverse("mediation:my_calendar", args=[party.pk, planned.pk]))
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    event = [line for line in lines if line.startswith(("ATTENDEE", "SUMMARY", "LOCATION"))]
    assert event == [
        f"SUMMARY:预约 {made.number}",
        "LOCATION:一楼\\;二楼\\,\\nATTENDEE:mailto:x@example.org",
    ]
    for secret in (make.TITLE, ZHAO.name, made.kind_name):
        assert secret not in answer.content.decode()

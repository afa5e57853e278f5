"""Somebody applies, the others are asked, and each says where it stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils.timezone import localtime

from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.queries import clocks_of
from gongzhi.jobs.handlers import Work
from gongzhi.jobs.models import Job
from gongzhi.mediation import actions, queries
from gongzhi.mediation.actions.intake import Person
from gongzhi.mediation.models import Case, Consent
from gongzhi.mediation.states import CASE, ONLY_PARTY, Offered, Planned, Result, State
from gongzhi.mediation.states import Consent as Standing
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests.make import AGENT, LATER, NOON, QIAN, SUN, ZHAO, letters, refused
from gongzhi.notices.models import Notice
from gongzhi.parties.queries import by_receipt
from gongzhi.parties.reach import Reach
from gongzhi.parties.tasks import write

pytestmark = pytest.mark.django_db


# --- Applying.


def test_who_applies_consents_by_it_and_gets_a_code_that_opens_the_case(town):
    made = make.applied(town)
    assert by_receipt(made.case.number, made.code) == made.party
    assert made.case.committee == town.committee
    states = {one.giver.name: one.state for one in queries.consents(made.case)}
    assert states == {ZHAO.name: Standing.GIVEN, QIAN.name: Standing.ASKED}


def test_the_other_party_is_told_nothing_before_the_committee_asks(town):
    make.case(town)
    assert letters() == []
    assert Notice.objects.filter(verb="case.apply").count() == 2  # the clerk and the head


def test_a_form_sent_twice_makes_one_case_and_shows_the_same_code(town):
    first = make.applied(town, form_key=UUID(int=5))
    again = make.applied(town, form_key=UUID(int=5))
    assert (again.case, again.party, again.code) == (first.case, first.party, first.code)
    assert Case.objects.count() == 1


def test_the_words_of_an_application_are_sealed_and_in_no_history(town):
    made = make.case(town)
    stored = bytes(Case.objects.get(pk=made.pk).sealed)
    assert make.STORY.encode() not in stored
    told = "".join(f"{e.facts}{e.told}" for e in history(made.pk))
    assert make.STORY not in told
    assert make.TITLE not in told
    assert ZHAO.name not in told


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"people": [Person(ZHAO)]}, "请至少写明一位对方当事人：调解在两方或多方之间进行。"),
        ({"kind": "war"}, "请从列表中选择纠纷类型和语言。"),
        ({"story": " "}, "请简单写几句。"),
    ],
)
def test_an_application_that_cannot_be_taken_says_why(town, says, sentence):
    assert refused(lambda: make.case(town, **says)) == sentence


def test_a_representative_speaks_for_their_side_and_needs_no_consent_of_their_own(town):
    made = make.invited(town)
    qian = make.party(made, QIAN.name)
    actions.admit(made, reach=AGENT, acts_for=qian, by=town.staff("clerk"), at=NOON)
    assert Consent.objects.filter(case=made).count() == 2
    actions.consent(
        made, whose=make.party(made, QIAN.name), by=make.side(made, AGENT.name), at=NOON
    )
    assert made.state == State.READY


# --- Asking, and safe ways.


def test_the_other_is_asked_by_their_way_with_a_code_and_nothing_about_the_dispute(town):
    made = make.invited(town)
    ((to, said),) = letters()
    assert to == QIAN.phone
    for secret in (make.TITLE, make.STORY, ZHAO.name, "调解", "漏水"):
        assert secret not in said
    code = said.partition("查询码 ")[2].partition(" ")[0]
    assert by_receipt(made.number, code) == make.party(made, QIAN.name)


def test_who_may_be_written_to_by_one_way_only_is_never_written_to_by_another(town):
    # Violence at home: the telephone is in the hands of the other, only this mailbox is safe, by day.
    safe = Reach(
        name="吴安", phone="13800138077", email="safe@example.org", way="email", hour_from=9,
        hour_to=11,
    )  # fmt: skip
    made = make.mediating(town, safe)
    make.offer(made, town.staff("mediator"))
    assert {to for to, _said in letters()} == {ZHAO.phone}
    waits = Job.objects.filter(topic="party_letter")
    assert {localtime(job.run_after).hour for job in waits} == {9}
    for job in waits:
        write(Work(job.topic, job.key, job.args, job.run_after))
    to_her = {to for to, _said in letters()} - {ZHAO.phone}
    assert to_her == {"safe@example.org"}


def test_who_has_no_safe_way_gets_a_letter_on_paper_with_a_new_code(town):
    made = make.case(town, Reach(name="郑文", phone="13800138055", way="none"))
    silent = actions.invite(made, by=town.staff("clerk"), at=NOON)
    assert ([one.name for one in silent], letters()) == (["郑文"], [])
    letter = actions.write_letter(made, silent[0], by=town.staff("clerk"), at=NOON)
    assert by_receipt(letter["number"], letter["code"]) == silent[0]


def test_there_is_no_mediation_where_one_refuses(town):
    made = make.invited(town, QIAN, SUN)
    actions.refuse(made, whose=make.party(made, SUN.name), by=make.side(made, SUN.name), at=LATER)
    assert (made.state, made.result) == (State.ENDED, Result.REFUSED)
    with pytest.raises(MoveRefused):
        actions.consent(
            made, whose=make.party(made, QIAN.name), by=make.side(made, QIAN.name), at=LATER
        )


def test_the_last_consent_makes_it_ready(town):
    made = make.invited(town, QIAN, SUN)
    for name, state in ((QIAN.name, State.INVITED), (SUN.name, State.READY)):
        actions.consent(made, whose=make.party(made, name), by=make.side(made, name), at=LATER)
        assert made.state == state
    assert made.ready_at == LATER


def test_nobody_consents_for_another_party(town):
    made = make.invited(town)
    whose = make.party(made, QIAN.name)
    said = refused(lambda: actions.consent(made, whose=whose, by=make.side(made), at=NOON))
    assert said == str(ONLY_PARTY)


def test_a_clerk_writes_down_what_a_party_said_on_the_telephone(town):
    made = make.invited(town)
    says: dict[str, Any] = {
        "whose": make.party(made, QIAN.name),
        "by": town.staff("clerk"),
        "at": NOON,
    }
    assert refused(lambda: actions.consent(made, **says, how="web", statement="同意")) == (
        "请写明是在窗口还是在电话中得知。"
    )
    assert refused(lambda: actions.consent(made, **says, how="telephone")) == "请简单写几句。"
    actions.consent(made, **says, how="telephone", statement="本人来电，同意调解。")
    row = Consent.objects.get(giver=says["whose"])
    assert (row.state, row.how, row.said["statement"]) == (
        Standing.GIVEN,
        "telephone",
        "本人来电，同意调解。",
    )


def test_a_consent_is_given_once_and_taken_back_only_where_it_was_given(town):
    made = make.invited(town, QIAN, SUN)
    mine: dict[str, Any] = {"whose": make.party(made), "by": make.side(made), "at": NOON}
    assert refused(lambda: actions.consent(made, **mine)) == "该当事人已作出表示：“同意调解”。"
    theirs: dict[str, Any] = {
        "whose": make.party(made, QIAN.name),
        "by": make.side(made, QIAN.name),
        "at": NOON,
    }
    assert refused(lambda: actions.revoke(made, **theirs)) == "该当事人已作出表示：“尚未答复”。"


@pytest.mark.parametrize("stage", ["invited", "ready", "assigned", "mediating"])
def test_a_consent_taken_back_ends_it_at_any_time(town, stage):
    made = getattr(make, stage)(town)
    actions.revoke(made, whose=make.party(made), by=make.side(made), at=LATER)
    assert (made.state, made.result, made.ended_at) == (State.ENDED, Result.REVOKED, LATER)


def test_what_was_open_ends_with_the_consent(town):
    made = make.mediating(town)
    given = make.offer(made, town.staff("mediator"))
    planned = make.session(town, made)
    actions.revoke(made, whose=make.party(made), by=make.side(made), at=LATER)
    given.refresh_from_db()
    planned.refresh_from_db()
    assert (given.state, planned.state) == (Offered.LAPSED, Planned.CANCELLED)
    assert [one.stopped_at for one in clocks_of(made.pk)] == [LATER]
    assert broken(given.pk) == broken(planned.pk) == broken(made.pk) == []


def test_one_more_party_is_asked_as_the_others_were_and_only_before_all_consented(town):
    made = make.invited(town)
    actions.admit(made, reach=SUN, by=town.staff("clerk"), at=NOON)
    assert [to for to, _said in letters()] == [QIAN.phone, SUN.email]
    actions.consent(made, whose=make.party(made, QIAN.name), by=make.side(made, QIAN.name), at=NOON)
    assert made.state == State.INVITED
    actions.consent(made, whose=make.party(made, SUN.name), by=make.side(made, SUN.name), at=NOON)
    with pytest.raises(MoveRefused) as fault:
        actions.admit(made, reach=AGENT, by=town.staff("clerk"), at=NOON)
    assert str(fault.value) == CASE.why_closed(CASE["admit"], State.READY)


def test_what_cannot_be_mediated_is_declined_with_a_reason_only_the_applicant_reads(town):
    made = make.case(town)
    actions.decline(made, reason="须由法院专属管辖。", by=town.staff("clerk"), at=LATER)
    assert (made.state, made.result, made.said["reason"]) == (
        State.ENDED,
        Result.DECLINED,
        "须由法院专属管辖。",
    )
    assert [to for to, _said in letters()] == [ZHAO.phone]


@pytest.mark.parametrize("stage", [make.case, make.invited, make.ready])
def test_what_cannot_be_mediated_is_declined_until_a_mediator_is_named(town, stage):
    made = stage(town)
    actions.decline(made, reason="不属于民间纠纷。", by=town.staff("clerk"), at=NOON)
    assert (made.state, made.result) == (State.ENDED, Result.DECLINED)

"""What is checked, asked and counted after an answer; and what the office never learns."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from PIL import Image

from gongzhi.audit.queries import history
from gongzhi.base.moves import MoveRefused
from gongzhi.matters import actions, rules
from gongzhi.matters.models import Attachment, Exclusion, FollowUp, Matter
from gongzhi.matters.pages.dossier import read
from gongzhi.matters.queries import silent
from gongzhi.matters.queries.rates import Line, rates, to_review
from gongzhi.matters.receipts import Contact
from gongzhi.matters.states import ExclusionState, State
from gongzhi.matters.tests import make
from gongzhi.matters.uploads import tidy

pytestmark = pytest.mark.django_db
ANSWERED = ("accept", "dispatch", "acknowledge", "answer")
CHECKED = (*ANSWERED, "inspect")
PHONE = Contact(name="王女士", phone="13800138000")


def picture() -> Any:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    out.seek(0)
    return tidy(out, "photo.jpg")


def answered(town, inspection, **says) -> Matter:
    kind = make.kind(
        town.lamp.kind_class, f"by_{inspection}", "路牌", "Sign", inspection=inspection
    )
    return make.walk(town, make.matter(town, kind=kind, **says), *ANSWERED)


def inspect(town, matter, **says) -> None:
    actions.inspect(matter, by=town.staff("inspector"), at=make.NOON, **says)


@pytest.mark.parametrize(
    ("inspection", "says", "passes"),
    [
        ("none", {}, True),
        ("photo", {}, False),
        ("photo", {"words": "已亮。"}, False),
        ("photo", {"instead": "夜间查看。"}, True),
        ("visit", {"words": "已亮。"}, False),
        ("visit", {"words": "已亮。", "instead": "相机故障。"}, True),
    ],
)
def test_closing_without_a_visit_only_where_the_kind_allows(town, inspection, says, passes):
    matter = answered(town, inspection)
    if passes:
        inspect(town, matter, **says)
        assert matter.state == State.RESOLVED
        return
    with pytest.raises(ValidationError, match=r"现场|照片"):
        inspect(town, matter, **says)
    assert matter.state == State.ANSWERED


@pytest.mark.parametrize("inspection", ["photo", "visit"])
def test_an_inspector_with_words_and_a_photo_passes_it_and_the_photo_is_of_the_check(
    town, inspection
):
    matter = answered(town, inspection)
    inspect(town, matter, words="已亮。", photos=[picture()])
    assert [one.stage for one in Attachment.objects.filter(matter=matter)] == ["check"]


# --- Asked on the telephone.

SAID = {"in_time": False, "satisfied": 2, "why_not": "partly"}


def call(town, matter, at=make.NOON, by="acceptor", **says) -> None:
    actions.follow_up(matter, by=town.staff(by), at=at, **says)


def verbs(matter) -> list[str]:
    return [entry.verb.removeprefix("matter.") for entry in history(matter.pk)]


def test_not_solved_on_the_phone_takes_it_up_again_with_a_new_clock_and_keeps_the_first(town):
    matter = make.walk(town, make.matter(town), *CHECKED)
    first = matter.first_answer_by
    call(town, matter, make.at(days=2), result="unsolved", comment="只修了一盏。", **SAID)
    assert (matter.state, matter.rounds, matter.solved) == (State.HANDLING, 1, False)
    assert matter.counted_from == make.at(days=2)
    assert matter.answer_by
    assert first
    assert matter.answer_by > first
    assert Matter.objects.get(pk=matter.pk).first_answer_by == first
    (said,) = FollowUp.objects.filter(matter=matter)
    assert (said.result, said.in_time, said.satisfied, said.why_not, said.way, said.office) == (
        "unsolved", False, 2, "partly", "phone", town.lights
    )  # fmt: skip
    assert matter.messages.get(sort="said").text == "只修了一盏。"
    assert verbs(matter)[-2:] == ["follow_up", "reopen"]


def test_not_solved_needs_words_for_the_office_and_nothing_is_kept_without(town):
    matter = make.walk(town, make.matter(town), *CHECKED)
    with pytest.raises(ValidationError, match="承办单位"):
        call(town, matter, result="unsolved", comment=" ")
    assert (matter.state, FollowUp.objects.count()) == (State.RESOLVED, 0)


@pytest.mark.parametrize(("result", "solved"), [("solved", True), ("declined", None)])
def test_solved_or_not_wanting_to_say_on_the_phone_closes_it(town, result, solved):
    matter = make.walk(town, make.matter(town), *CHECKED)
    call(town, matter, result=result, satisfied=4)
    assert (matter.state, matter.solved) == (State.CLOSED, solved)
    assert verbs(matter)[-2:] == ["follow_up", "close"]
    (said,) = FollowUp.objects.filter(matter=matter)
    assert (said.result, said.satisfied) == (result, 4 if solved else None)
    assert Exclusion.objects.count() == (0 if solved else 1)


def test_no_contact_after_three_tries_is_a_result_of_its_own(town):
    matter = make.walk(town, make.matter(town, contact=PHONE), *CHECKED)
    for n in range(2):
        call(town, matter, make.at(hours=3 * n), result="no_answer", satisfied=1)
        assert matter.call_at == make.at(hours=3 * n + 2)
    assert (matter.tries, Exclusion.objects.count()) == (2, 0)
    with pytest.raises(ValidationError, match="回访"):
        actions.close(matter, by=town.staff("acceptor"), at=make.at(hours=7))
    call(town, matter, make.at(hours=8), result="no_answer")
    results = FollowUp.objects.filter(matter=matter).order_by("at").values_list("result", flat=True)
    assert list(results) == ["no_answer", "no_answer", "no_contact"]
    assert set(FollowUp.objects.values_list("satisfied", flat=True)) == {None}
    assert Exclusion.objects.get().reason == "no_contact"
    actions.close(matter, by=town.staff("acceptor"), at=make.at(hours=9))
    assert FollowUp.objects.count() == 3, "silence is no second result"


def test_tries_of_an_earlier_round_do_not_count(town):
    matter = make.walk(town, make.matter(town), *CHECKED, "follow_up", "reopen")
    make.walk(town, matter, "answer", "inspect")
    assert (matter.tries, matter.call_at, matter.solved) == (0, None, None)


def test_who_asks_to_be_called_later_is_not_closed_as_silent_before(town):
    matter = make.walk(town, make.matter(town, contact=PHONE), *CHECKED)
    call(town, matter, make.at(days=6), result="later", call_at=make.at(days=8))
    assert (matter.tries, matter.call_at) == (0, make.at(days=8))
    assert list(silent(make.at(days=7, hours=1))) == []
    assert list(silent(make.at(days=8, hours=1))) == [matter]


@pytest.mark.parametrize("days", [None, -1, 0, 15])
def test_a_later_call_is_within_two_weeks(town, days):
    matter = make.walk(town, make.matter(town), *CHECKED)
    when = None if days is None else make.at(days=days)
    with pytest.raises(ValidationError, match="两周"):
        call(town, matter, result="later", call_at=when)


@pytest.mark.parametrize("result", ["no_contact", "silent", "forced", "", "nonsense"])
def test_what_no_call_can_come_to_is_refused(town, result):
    matter = make.walk(town, make.matter(town), *CHECKED)
    with pytest.raises(ValidationError, match="结果"):
        call(town, matter, result=result)


def test_only_the_centre_calls_back(town):
    matter = make.walk(town, make.matter(town), *CHECKED)
    for name in ("handler", "stranger", "inspector", "supervisor", "worker"):
        with pytest.raises(PermissionDenied):
            call(town, matter, by=name, result="solved")


def test_the_office_sees_the_contact_until_it_has_answered_and_never_after(town):
    matter = make.walk(town, make.matter(town, contact=PHONE), *ANSWERED[:-1])
    handler, acceptor = town.staff("handler"), town.staff("acceptor")
    assert rules.may_contact(handler, matter)
    for move in ("answer", "inspect", "rate"):
        make.walk(town, matter, move)
        assert not rules.may_contact(handler, matter), move
        assert rules.may_contact(acceptor, matter), move


def test_closing_needs_a_text_the_requester_can_read(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge")
    with pytest.raises(ValidationError):
        actions.answer(matter, words="  ", by=town.staff("handler"), at=make.NOON)
    with pytest.raises(MoveRefused):
        make.walk(town, matter, "close")


def test_closed_never_stands_where_solved_was_not_asked(town):
    matter = make.walk(town, make.matter(town), *CHECKED)
    later = make.at(days=8)
    actions.close(matter, by=town.staff("acceptor"), at=later)
    (call,) = FollowUp.objects.filter(matter=matter)
    assert (call.result, call.exclusion.reason) == ("silent", "silent")
    assert matter.solved is None


@pytest.mark.parametrize("name", ["handler", "worker", "officer"])
def test_the_handling_office_never_learns_who_rated_nor_how(town, name):
    matter = make.walk(town, make.matter(town), *CHECKED)
    actions.follow_up(
        matter, result="no_answer", comment="没人接", by=town.staff("acceptor"), at=make.NOON
    )
    actions.rate(matter, satisfied=1, comment="太慢了", by=rules.holder(matter), at=make.NOON)
    seen = read(matter, town.staff(name), make.NOON)
    assert not seen.may_hear
    told = "\n".join(event.label + event.text for event in seen.timeline)
    assert "太慢了" not in told
    assert "没人接" not in told
    assert "诉求人" not in seen.timeline[0].label + seen.timeline[0].by
    assert read(matter, town.staff("supervisor"), make.NOON).may_hear


def test_a_colleague_of_the_centre_with_a_post_in_the_office_hears_nothing(town):
    from gongzhi.accounts.actions import appoint
    from gongzhi.accounts.models import Role
    from gongzhi.audit.actors import SYSTEM

    matter = make.walk(town, make.matter(town), *CHECKED)
    where = {"place": town.district, "office": town.lights}
    appoint(town.supervisor, role=Role.HANDLER, **where, by=SYSTEM, at=make.NOON)
    assert not rules.may_hear(town.staff("supervisor"), matter)


# --- The rates.

UNREACHED = ("follow_up",) * 3


def asked(town, n: int, at: datetime = make.NOON, **says: Any) -> None:
    """Let ``n`` requesters answer."""
    for _n in range(n):
        matter = make.walk(town, make.matter(town), *CHECKED)
        if says.get("solved", True):
            given = {k: v for k, v in says.items() if k != "solved"}
            actions.rate(matter, by=rules.holder(matter), at=at, **given)
        else:
            actions.reopen(matter, reason="没修好。", by=rules.holder(matter), at=at, in_time=True)


def reckoned(town, by: str = "office", who: str = "supervisor") -> list[Line]:
    since, until = make.NOON - timedelta(days=30), make.NOON + timedelta(days=30)
    return rates(town.staff(who), by, since, until)


def test_the_three_rates_are_over_those_who_answered_each_question(town):
    asked(town, 4, satisfied=5, in_time=True)
    asked(town, 1, satisfied=3, in_time=False)
    asked(town, 5, solved=False)
    (line,) = reckoned(town)
    assert line.name == town.lights.name
    assert [(rate.top, rate.n) for rate in line.rates] == [(9, 10), (5, 10), (4, 5)]
    assert [round(rate.percent) for rate in line.rates] == [90, 50, 80]


@pytest.mark.parametrize("by", ["kind", "place", "month"])
def test_they_are_told_by_kind_place_and_month_too(town, by):
    asked(town, 5, satisfied=5)
    (line,) = reckoned(town, by)
    assert line.name == {
        "kind": town.lamp.name, "place": town.community.name, "month": "2026-03"
    }[by]  # fmt: skip


def test_a_satisfaction_figure_excludes_nobody_without_a_reason_that_can_be_reviewed(town):
    asked(town, 5, satisfied=5, in_time=True)
    matter = make.walk(town, make.matter(town), *CHECKED, *UNREACHED)
    (line,) = reckoned(town)
    assert [rate.n for rate in line.rates] == [5, 5, 5]
    assert [n for _reason, n in line.excluded] == [1]
    calls, out = FollowUp.objects.all(), Exclusion.objects.all()
    without = [call for call in calls if call.is_result and not call.is_answer]
    assert {call.pk for call in without} == {one.follow_up_id for one in out}

    by = town.staff("supervisor")
    (exclusion,) = to_review(by, "unsaid")
    assert exclusion.matter == matter
    with pytest.raises(ValidationError):
        actions.overturn(exclusion, words=" ", by=by, at=make.NOON)
    actions.overturn(exclusion, words="没有打过电话。", by=by, at=make.NOON)
    (line,) = reckoned(town)
    assert [(rate.top, rate.n) for rate in line.rates] == [(5, 6), (5, 6), (5, 6)]
    assert line.excluded == []
    assert [entry.verb for entry in history(matter.pk)][-1] == "matter.overturn"
    actions.uphold(exclusion, by=by, at=make.NOON)
    assert exclusion.state == ExclusionState.UPHELD
    assert [rate.n for rate in reckoned(town)[0].rates] == [5, 5, 5]


def test_only_a_supervisor_outside_the_office_reviews(town):
    make.walk(town, make.matter(town), *CHECKED, *UNREACHED)
    exclusion = Exclusion.objects.get()
    may = {
        name
        for name in ("acceptor", "dispatcher", "handler", "inspector", "supervisor")
        if rules.may_uphold(town.staff(name), exclusion)
    }
    assert may == {"supervisor"}
    with pytest.raises(PermissionDenied):
        actions.uphold(exclusion, by=town.staff("handler"), at=make.NOON)


def test_small_numbers_are_hidden_and_peers_are_of_like_size(town):
    asked(town, 4, satisfied=5)
    (line,) = reckoned(town)
    assert [rate.is_shown for rate in line.rates] == [False, False, False]
    assert line.band == 0


def test_a_forced_closing_counts_as_asked_of_nobody_until_that_is_overturned(town):
    make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "force_close")
    (line,) = reckoned(town)
    assert [rate.n for rate in line.rates] == [0, 0, 0]
    assert [n for _reason, n in line.excluded] == [1]


def test_sealed_matters_and_other_offices_count_nowhere_for_who_may_not_read_them(town):
    asked(town, 5, satisfied=5)
    hidden = make.walk(town, make.matter(town, about_office=town.roads), *CHECKED)
    actions.rate(hidden, satisfied=1, by=rules.holder(hidden), at=make.NOON)
    assert [rate.n for rate in reckoned(town)[0].rates][2] == 5
    assert reckoned(town, who="stranger") == []
    assert len(reckoned(town, who="handler")) == 1


# --- Kept out by hand.


def said(town, **heard: Any) -> FollowUp:
    """Return what a requester said: not solved, and not satisfied."""
    matter = make.walk(town, make.matter(town), *CHECKED)
    heard = {"satisfied": 1, "in_time": False} | heard
    call(town, matter, result="unsolved", comment="只修了一盏。", **heard)
    return FollowUp.objects.get(matter=matter)


def claim(town, what: FollowUp, by: str = "acceptor", **says: Any) -> Exclusion:
    usual = {"reason": "mistaken", "words": "他说的是另一条街。"}
    return actions.exclude(what, **(usual | says), by=town.staff(by), at=make.NOON)


def test_what_was_said_counts_until_a_claim_to_keep_it_out_is_upheld(town):
    asked(town, 5, satisfied=5, in_time=True)
    exclusion = claim(town, said(town))
    by = town.staff("supervisor")
    assert [(rate.top, rate.n) for rate in reckoned(town)[0].rates] == [(5, 6), (5, 6), (5, 6)]
    assert reckoned(town)[0].excluded == []
    actions.uphold(exclusion, by=by, at=make.NOON)
    (line,) = reckoned(town)
    assert [(rate.top, rate.n) for rate in line.rates] == [(5, 5), (5, 5), (5, 5)]
    assert [n for _reason, n in line.excluded] == [1]
    actions.overturn(exclusion, words="就是这条街。", by=by, at=make.NOON)
    assert [(rate.top, rate.n) for rate in reckoned(town)[0].rates] == [(5, 6), (5, 6), (5, 6)]


def test_overturned_it_counts_by_what_was_said_and_no_more(town):
    asked(town, 5, satisfied=5, in_time=True)
    exclusion = claim(town, said(town, in_time=None, satisfied=None))
    actions.overturn(exclusion, words="就是这条街。", by=town.staff("supervisor"), at=make.NOON)
    assert [(rate.top, rate.n) for rate in reckoned(town)[0].rates] == [(5, 5), (5, 6), (5, 5)]


def test_a_claim_stands_in_the_history_with_reason_and_words(town):
    what = said(town)
    exclusion = claim(town, what)
    assert (exclusion.reason, exclusion.words, exclusion.state) == (
        "mistaken", "他说的是另一条街。", ExclusionState.CLAIMED
    )  # fmt: skip
    entry = list(history(what.matter_id))[-1]
    assert (entry.verb, entry.facts["reason"], entry.told["text"]) == (
        "matter.exclude", "mistaken", "他说的是另一条街。"
    )  # fmt: skip


@pytest.mark.parametrize(
    "says",
    [
        {"reason": "silent"},
        {"reason": "unhappy"},
        {"reason": ""},
        {"words": "  "},
        {"words": "长" * 501},
    ],
)
def test_a_claim_needs_a_reason_of_the_list_and_words(town, says):
    what = said(town)
    with pytest.raises(ValidationError):
        claim(town, what, **says)
    assert Exclusion.objects.count() == 0


def test_nothing_is_claimed_twice_nor_where_nothing_was_said(town):
    what = said(town)
    claim(town, what)
    with pytest.raises(ValidationError, match="已经有人申请过"):
        claim(town, what, by="dispatcher")
    matter = make.walk(town, make.matter(town), *CHECKED, "follow_up")
    with pytest.raises(ValidationError, match="没有可以计入的回答"):
        claim(town, FollowUp.objects.get(matter=matter))


@pytest.mark.parametrize("name", ["handler", "stranger", "inspector", "supervisor", "worker"])
def test_only_the_centre_claims_never_the_office(town, name):
    what = said(town)
    assert not rules.may_exclude(town.staff(name), what)
    with pytest.raises(PermissionDenied):
        claim(town, what, by=name)


def test_whoever_claimed_it_does_not_review_it(town):
    from gongzhi.accounts.actions import appoint
    from gongzhi.accounts.models import Role
    from gongzhi.audit.actors import SYSTEM

    post = {"role": Role.SUPERVISOR, "place": town.district}
    appoint(town.acceptor, **post, by=SYSTEM, at=make.NOON)
    exclusion = claim(town, said(town))
    claimant = town.staff("acceptor")
    assert list(to_review(claimant, "claimed")) == []
    with pytest.raises(PermissionDenied, match="不是申请人本人"):
        actions.uphold(exclusion, by=claimant, at=make.NOON)
    assert list(to_review(town.staff("supervisor"), "claimed")) == [exclusion]

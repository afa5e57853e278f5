"""Mediators are named, objected to and relieved; the term; the roster."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.timezone import localtime

from gongzhi.base.moves import MoveLost
from gongzhi.deadlines.queries import clocks_of
from gongzhi.mediation import actions, queries
from gongzhi.mediation.models import Assignment, Case
from gongzhi.mediation.states import State
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests.make import DAY, LATER, NOON, QIAN, ZHAO, refused
from gongzhi.notices.models import Notice
from gongzhi.parties.reach import Reach

pytestmark = pytest.mark.django_db


def test_who_suits_best_stands_first_with_the_reasons(town):
    actions.edit_mediator(
        town.listed["second"], languages=["mandarin"], knows=["labour"], most=5,
        by=town.staff("head"), at=NOON,
    )  # fmt: skip
    made = make.ready(town)
    make.assigned(town)  # one open case for the mediator
    found = [(one.mediator.user.username, one.reasons) for one in queries.candidates(made)]
    assert found == [
        ("third", ["会说所需语言", "熟悉这类纠纷", "在办 0 件，最多 10 件"]),
        ("mediator", ["会说所需语言", "熟悉这类纠纷", "在办 1 件，最多 10 件"]),
        ("second", ["会说所需语言", "在办 0 件，最多 5 件"]),
    ]


def test_whom_all_parties_choose_stands_first_and_counts_as_chosen(town):
    made = make.ready(town)
    for name in (ZHAO.name, QIAN.name):
        actions.choose(made, mediator=town.listed["third"], by=make.side(made, name), at=NOON)
    assert queries.wished(made) == town.listed["third"]
    assert queries.candidates(made)[0].reasons[0] == "当事人共同选定"
    actions.assign(made, mediators=[town.listed["third"]], by=town.staff("clerk"), at=NOON)
    assert made.mediators[0].chosen


def test_who_has_the_telephone_of_a_party_is_not_named(town):
    actions.edit_mediator(
        town.listed["second"], languages=[], knows=[], most=5, phone="138 0013 8002",
        by=town.staff("head"), at=NOON,
    )  # fmt: skip
    made = make.ready(town)
    act = lambda: actions.assign(  # noqa: E731
        made, mediators=[town.listed["second"]], by=town.staff("clerk"), at=NOON
    )
    assert refused(act) == "second同志: 与一位当事人的电话相同：请另选他人。"


def test_who_is_called_as_a_party_is_named_only_after_somebody_looked_into_it(town):
    made = make.ready(town, Reach(name="second同志", phone="13800138004"))
    says: dict[str, Any] = {
        "mediators": [town.listed["second"]],
        "by": town.staff("clerk"),
        "at": NOON,
    }
    assert refused(lambda: actions.assign(made, **says)) == (
        "有一位当事人与second同志同名。请先核实，确认是另一人后勾选。"
    )
    actions.assign(made, **says, looked_into=True)
    assert made.state == State.ASSIGNED


def test_who_has_enough_open_cases_is_not_named(town):
    actions.edit_mediator(
        town.listed["second"], languages=[], knows=[], most=1, by=town.staff("head"), at=NOON
    )
    make.assigned(town, who="second")
    act = lambda: make.assigned(town, who="second")  # noqa: E731
    assert refused(act) == "second同志: 在办案件已达上限：请另选他人。"


def test_who_declares_a_tie_is_mediator_no_more_and_not_named_again(town):
    made = make.assigned(town)
    actions.declare(made, kinship=True, interest=False, by=town.staff("mediator"), at=NOON)
    assert (made.state, made.mediators) == (State.READY, [])
    act = lambda: actions.assign(  # noqa: E731
        made, mediators=[town.listed["mediator"]], by=town.staff("clerk"), at=NOON
    )
    assert refused(act) == "mediator同志: 曾任本案调解员：请另选他人。"


def test_a_party_objects_once_and_then_another_is_named(town):
    made = make.assigned(town)
    actions.challenge(made, assignment=made.mediators[0], by=make.side(made), at=NOON)
    assert made.state == State.READY
    actions.assign(made, mediators=[town.listed["second"]], by=town.staff("clerk"), at=NOON)
    act = lambda: actions.challenge(  # noqa: E731
        made, assignment=made.mediators[0], by=make.side(made), at=NOON
    )
    assert refused(act) == "您已经提出过一次回避。您仍可随时撤回同意。"
    other = make.side(made, QIAN.name)
    actions.challenge(made, assignment=made.mediators[0], by=other, at=NOON)
    assert Assignment.objects.exclude(challenged_by=None).count() == 2


def test_two_clerks_who_name_the_same_mediator_do_not_both_win(town):
    made = make.ready(town)
    other = Case.objects.get(pk=made.pk)
    says = {"mediators": [town.listed["mediator"]], "by": town.staff("clerk"), "at": NOON}
    actions.assign(made, **says)
    with pytest.raises(MoveLost):
        actions.assign(other, **says)
    assert Assignment.objects.filter(case=made).count() == 1


@pytest.mark.parametrize("stage", [make.assigned, make.mediating])
def test_the_head_relieves_a_mediator_who_then_may_be_taken_off_the_roster(town, stage):
    made, head = stage(town), town.staff("head")
    says = {"assignment": made.mediators[0], "reason": "已调离。"}
    with pytest.raises(PermissionDenied, match="只有调解委员会主任可以这样做。"):
        actions.relieve(made, **says, by=town.staff("clerk"), at=NOON)
    assert refused(lambda: actions.relieve(made, **says | {"reason": " "}, by=head, at=NOON)) == (
        "请简单写几句。"
    )
    actions.relieve(made, **says, by=head, at=NOON)
    assert made.state == State.READY
    actions.delist_mediator(town.listed["mediator"], by=head, at=NOON)
    assert refused(lambda: actions.relieve(made, **says, by=head, at=NOON))


def told(user) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(user=user).values_list("verb", "link"))


def test_who_mediates_no_more_hears_of_it_and_is_led_to_no_shut_page(town, as_):
    made, other = make.mediating(town), make.assigned(town, who="second")
    Notice.objects.all().delete()
    by, named = town.staff("head"), made.mediators[0]
    actions.relieve(made, assignment=named, reason="已调离。", by=by, at=NOON)
    actions.challenge(other, assignment=other.mediators[0], by=make.side(other), at=NOON)
    link = reverse("mediation:index")
    assert told(town.mediator) == [("case.relieved", link)]
    assert told(town.second) == [("case.challenged", link)]
    assert told(town.third) == []
    assert as_("mediator").get(link).status_code == 200


def test_of_two_mediators_one_leaves_and_the_other_goes_on(town):
    made = make.ready(town)
    both = [town.listed["mediator"], town.listed["second"]]
    actions.assign(made, mediators=both, by=town.staff("clerk"), at=NOON)
    actions.declare(made, kinship=False, interest=False, by=town.staff("mediator"), at=NOON)
    assert refused(lambda: actions.begin(made, by=town.staff("mediator"), at=NOON)) == (
        "每位调解员都须先作回避声明。"
    )
    actions.declare(made, kinship=False, interest=True, by=town.staff("second"), at=NOON)
    actions.begin(made, by=town.staff("mediator"), at=NOON)
    assert made.state == State.MEDIATING


def test_the_term_runs_thirty_days_from_the_beginning_and_on_with_another_mediator(town):
    made = make.mediating(town)  # Monday 2026-03-02; 30 days end on Wednesday 2026-04-01
    (clock,) = clocks_of(made.pk)
    assert f"{localtime(clock.due_at):%Y-%m-%d %H:%M}" == "2026-04-01 23:59"
    actions.step_down(made, by=town.staff("mediator"), at=LATER)
    actions.assign(made, mediators=[town.listed["second"]], by=town.staff("clerk"), at=LATER)
    actions.declare(made, kinship=False, interest=False, by=town.staff("second"), at=LATER)
    actions.begin(made, by=town.staff("second"), at=LATER)
    assert clocks_of(made.pk).count() == 1


def test_it_goes_on_beyond_the_term_only_where_all_agree(town):
    made = make.mediating(town)
    by, then = town.staff("mediator"), NOON + 20 * DAY
    assert refused(lambda: actions.prolong(made, by=by, at=then)) == (
        "须每位当事人先在自己的页面上同意。"
    )
    actions.allow_longer(made, by=make.side(made), at=then)
    assert refused(lambda: actions.prolong(made, by=by, at=then))
    actions.allow_longer(made, by=make.side(made, QIAN.name), at=then)
    actions.prolong(made, by=by, at=then)
    first, second = clocks_of(made.pk)
    assert second.due_at - first.due_at == 20 * DAY
    assert refused(lambda: actions.prolong(made, by=by, at=then))


def test_only_who_serves_as_mediator_of_the_committee_stands_on_its_roster(town):
    says: dict[str, Any] = {"languages": [], "knows": [], "most": 3, "at": NOON}
    by = town.staff("head")
    assert (
        refused(lambda: actions.list_mediator(town.committee, user=town.outsider, **says, by=by))
        == "此人不是本委员会在岗的调解员。"
    )
    assert (
        refused(lambda: actions.list_mediator(town.committee, user=town.second, **says, by=by))
        == "此人已在名册上。"
    )
    for who in ("clerk", "mediator", "outsider"):
        with pytest.raises(PermissionDenied):
            actions.edit_mediator(town.listed["second"], **says, by=town.staff(who))


def test_who_has_open_cases_is_not_taken_off_the_roster(town):
    make.assigned(town, who="second")
    act = lambda: actions.delist_mediator(  # noqa: E731
        town.listed["second"], by=town.staff("head"), at=NOON
    )
    assert refused(act) == "此人还有在办案件：请先退出这些案件。"
    actions.delist_mediator(town.listed["third"], by=town.staff("head"), at=NOON)
    assert queries.roster(town.committee.pk).count() == 2

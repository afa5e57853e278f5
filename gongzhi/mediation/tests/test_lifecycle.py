"""The real actions against the tables: every move from every state, and anything pressed at any time."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.deadlines.models import Clock
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.models import Case, Consent, Message, Offer, Session
from gongzhi.mediation.states import (
    CASE,
    OFFER,
    OPEN,
    OVER,
    SESSION,
    Offered,
    Planned,
    Result,
    State,
)
from gongzhi.mediation.states import Consent as Standing
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests.make import NOON, QIAN, SUN, ZHAO
from gongzhi.parties.rules import member

pytestmark = pytest.mark.django_db

REFUSALS = (MoveRefused, MoveLost, ValidationError, PermissionDenied)
MINUTE = timedelta(minutes=5)


@pytest.mark.parametrize("lifecycle", [CASE, SESSION], ids=["case", "session"])
def test_every_state_can_be_reached(lifecycle):
    # READY is reached by moves whose target is stored: the last consent, a mediator who leaves.
    assert (
        lifecycle.reachable() | {State.READY, State.ASSIGNED, State.MEDIATING}
        >= set(lifecycle.states.values) - {State.AGREED} - OVER
    )


def test_an_offer_comes_to_every_state_by_a_move_by_the_last_acceptance_or_by_time():
    stored = {Offered.ACCEPTED, Offered.LAPSED}
    assert OFFER.reachable() | stored == set(Offered.values)


OURS = [
    move for move in CASE.moves if move.name not in ("settle", "fail", "close", "archive", "erase")
]


def says_of(town, case, name: str) -> dict[str, Any]:
    """Return who presses a move of a case, and what they say."""
    zhao, qian = make.side(case), make.side(case, QIAN.name)
    clerk, mediator = town.staff("clerk"), town.staff("mediator")
    return {
        "invite": {"by": clerk},
        "decline": {"by": clerk, "reason": "不属于民间纠纷。"},
        "admit": {"by": clerk, "reach": SUN},
        "consent": {"by": qian, "whose": make.party(case, QIAN.name)},
        "refuse": {"by": qian, "whose": make.party(case, QIAN.name)},
        "revoke": {"by": zhao, "whose": make.party(case)},
        "withdraw": {"by": zhao},
        "choose": {"by": zhao, "mediator": town.listed["third"]},
        "assign": {"by": clerk, "mediators": [town.listed["mediator"]]},
        "declare": {"by": mediator, "kinship": False, "interest": False},
        "challenge": {"by": zhao, "assignment": next(iter(case.mediators), None)},
        "step_down": {"by": mediator},
        "relieve": {
            "by": town.staff("head"),
            "assignment": next(iter(case.mediators), None),
            "reason": "已调离。",
        },
        "begin": {"by": mediator},
        "allow_longer": {"by": zhao},
        "prolong": {"by": mediator},
    }[name]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", OURS, ids=lambda move: move.name)
def test_no_move_is_made_from_a_state_the_table_does_not_list(town, move, state):
    named = {
        "declare": make.assigned,
        "assign": make.ready,
        "choose": make.ready,
        "prolong": make.mediating,
    }
    others = make.declared if move.sources & {State.ASSIGNED, State.MEDIATING} else make.invited
    case = named.get(move.name, others)(town)
    Consent.objects.filter(case=case).update(longer_at=NOON)  # all agree to go on
    result = Result.NOT_SETTLED if state in OVER else ""
    Case.objects.filter(pk=case.pk).update(state=state, result=result)
    case = Case.objects.get(pk=case.pk)
    says = says_of(town, case, move.name)
    if state in move.sources:
        getattr(actions, move.name)(case, at=NOON, **says)
        wanted = {"=": {state}, "<": set(State)}.get(move.target, {move.target})
        assert case.state in wanted
    else:
        with pytest.raises(MoveRefused) as fault:
            getattr(actions, move.name)(case, at=NOON, **says)
        assert str(fault.value) == CASE.why_closed(move, state)


class Mediations(RuleBasedStateMachine):
    """Two or three parties, clerks and mediators press anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.town = make.town()
        self.case = make.case(self.town)
        self.at = NOON
        self.n = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    def _fresh(self) -> Case:
        self.case = Case.objects.select_related("committee__calendar").get(pk=self.case.pk)
        self.at += MINUTE
        return self.case

    def _try(self, act: Any, row: Any, **says: Any) -> None:
        with suppress(*REFUSALS), transaction.atomic():
            act(row, at=self.at, **says)

    @rule(name=st.sampled_from(["invite", "decline", "admit"]))
    def clerk(self, name):
        case = self._fresh()
        if name != "decline" or self.n > 8:
            self._try(getattr(actions, name), case, **says_of(self.town, case, name))
        self.n += 1

    @rule(
        who=st.integers(0, 2),
        name=st.sampled_from(["consent", "consent", "consent", "refuse", "revoke"]),
    )
    def stand(self, who, name):
        case = self._fresh()
        names = make.names(case)
        name = "consent" if name == "refuse" and self.n < 5 else name
        whose = names[who % len(names)]
        says = {"whose": make.party(case, whose), "by": make.side(case, whose)}
        self._try(getattr(actions, name), case, **says)

    @rule(who=st.sampled_from(["mediator", "second", "third"]))
    def assign(self, who):
        case = self._fresh()
        self._try(
            actions.assign, case, mediators=[self.town.listed[who]], by=self.town.staff("clerk")
        )

    @rule(
        who=st.sampled_from(["mediator", "second", "third"]),
        name=st.sampled_from(["declare", "declare", "begin", "begin", "step_down", "prolong"]),
        tied=st.booleans(),
    )
    def mediate(self, who, name, tied):
        case = self._fresh()
        says = {"kinship": tied and self.n > 6, "interest": False} if name == "declare" else {}
        self._try(getattr(actions, name), case, by=self.town.staff(who), **says)

    @rule(who=st.integers(0, 2), name=st.sampled_from(["challenge", "allow_longer", "choose"]))
    def party(self, who, name):
        case = self._fresh()
        names = make.names(case)
        says = says_of(self.town, case, name) | {"by": make.side(case, names[who % len(names)])}
        if says.get("assignment", case) is not None:
            self._try(getattr(actions, name), case, **says)

    @rule(who=st.integers(0, 2), own=st.booleans())
    def talk(self, who, own):
        case = self._fresh()
        names = make.names(case)
        me = make.side(case, names[who % len(names)])
        room = me.side if own else None
        self._try(actions.say, case, room=room, words=f"{me.side}说的话", by=me)

    @rule(who=st.integers(0, 2), to=st.integers(0, 3))
    def offer(self, who, to):
        case = self._fresh()
        names = make.names(case)
        only = make.party(case, names[to]) if to < len(names) else None
        says = {"text": "方案", "expires_at": self.at + timedelta(days=3), "to": only}
        self._try(actions.offer, case, by=make.side(case, names[who % len(names)]), **says)

    @rule(who=st.integers(0, 2), name=st.sampled_from(["take", "reject", "retract"]))
    def answer(self, who, name):
        case = self._fresh()
        names = make.names(case)
        made = Offer.objects.select_related("case").filter(case=case).order_by("-made_at").first()
        if made:
            by = make.side(case, names[who % len(names)])
            self._try(getattr(actions, name), made, by=by)

    @rule(who=st.integers(0, 3))
    def meet(self, who):
        case = self._fresh()
        names = make.names(case)
        only = make.party(case, names[who]) if who < len(names) else None
        says = {"begins_at": self.at + timedelta(days=1), "where": "调解室", "only": only}
        for one in case.mediators:
            self._try(actions.plan, case, by=self.town.staff(one.mediator.user.username), **says)

    @invariant()
    def nobody_is_mediated_without_the_consent_of_all(self):
        case = Case.objects.get(pk=self.case.pk)
        stands = {one.state for one in queries.consents(case)}
        if case.state in (State.READY, State.ASSIGNED, State.MEDIATING):
            assert stands == {Standing.GIVEN}
        if stands & {Standing.REFUSED, Standing.REVOKED}:
            assert case.state == State.ENDED

    @invariant()
    def nothing_stays_open_after_the_end(self):
        case = Case.objects.get(pk=self.case.pk)
        open_offers = Offer.objects.filter(case=case, state=Offered.OPEN).exists()
        planned = Session.objects.filter(case=case, state=Planned.PLANNED).exists()
        running = Clock.objects.filter(subject=case.pk, stopped_at=None).exists()
        assert (case.ended_at is None) == (case.state in OPEN)
        if case.state == State.ENDED:
            assert (open_offers, planned, running) == (False, False, False)

    @invariant()
    def nobody_reads_what_another_said_in_private(self):
        case = Case.objects.get(pk=self.case.pk)
        sides = [member(party) for party in queries.sides(case)]  # two may bear one name
        for one in Message.objects.filter(case=case).exclude(room=None):
            assert [me.side for me in sides if rules.may_enter(me, case, one.room)] == [one.room]
        for me in sides:
            for session in queries.sessions(case, me):
                assert session.room in (None, me.side)
            for offer in queries.offers(case, me):
                assert offer.to_id in (None, me.side) or offer.maker_id == me.side

    @invariant()
    def there_is_a_mediator_where_the_state_says_so_and_every_history_is_whole(self):
        case = Case.objects.get(pk=self.case.pk)
        assert bool(case.mediators) == (case.state in (State.ASSIGNED, State.MEDIATING)) or (
            case.state == State.ENDED
        )
        if case.state == State.MEDIATING:
            assert any(one.declared_at for one in case.mediators)
        rows = [case, *case.offers.all(), *case.sessions.all(), *case.messages.all()]
        assert [fault for row in rows for fault in broken(row.pk)] == []


def test_whatever_is_pressed_a_case_keeps_what_it_promises():
    few = settings(
        max_examples=10,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Mediations, settings=few)


def test_the_cast_goes_all_the_way(town):
    made = make.mediating(town, QIAN, SUN)
    assert (made.state, made.began_at) == (State.MEDIATING, NOON)
    assert ZHAO.name in make.names(made)

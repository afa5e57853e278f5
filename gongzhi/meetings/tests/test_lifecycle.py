"""The real actions against the tables, and every move from every state."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.models import Clock
from gongzhi.meetings import actions
from gongzhi.meetings.models import Resolution, Summons
from gongzhi.meetings.states import ATTENDANCE, LIVE, RESOLUTION, SUMMONS, Answer, Progress, State
from gongzhi.meetings.tests import make
from gongzhi.meetings.tests.make import NOON, THEN

pytestmark = pytest.mark.django_db

SAYS: dict[str, dict[str, Any]] = {
    "reschedule": {"begins_at": THEN + timedelta(days=3), "where": "村口", "reason": "下雨。"},
    "cancel": {"reason": "已由一家单位修好。"},
    "end": {"outcome": "已定分工。"},
    "decline": {"reason": "人员在抢修。"},
    "report": {"words": "已完成。"},
    "rework": {"reason": "还没有完成。"},
}
BY = {"come": "handler", "decline": "handler", "report": "handler"}


@pytest.mark.parametrize("lifecycle", [SUMMONS, ATTENDANCE, RESOLUTION], ids=["s", "a", "r"])
def test_every_state_can_be_reached(lifecycle):
    assert lifecycle.reachable() == set(lifecycle.states.values)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", SUMMONS.moves, ids=lambda move: move.name)
def test_every_listed_move_works_and_every_other_is_refused(town, move, state):
    called = make.held(town)
    Summons.objects.filter(pk=called.pk).update(state=state)
    called.refresh_from_db()
    says = SAYS.get(move.name, {})
    if move.name == "resolve":
        says = {"office": town.lights, "text": "换底座。", "until": make.FRIDAY}
    act = lambda: getattr(actions, move.name)(called, by=town.staff("near"), at=THEN, **says)  # noqa: E731
    if state in move.sources:
        act()
        assert called.state == {"=": state}.get(move.target, move.target)
    else:
        with pytest.raises(MoveRefused) as fault:
            act()
        assert str(fault.value) == SUMMONS.why_closed(move, state)


class Meetings(RuleBasedStateMachine):
    """Somebody presses anything at any time; what stands is always whole."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.town = make.town()
        self.called = make.summons(self.town)
        self.at = NOON

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    def _press(self, name: str, row: object, **says: object) -> None:
        self.at += timedelta(minutes=5)
        by = self.town.staff(BY.get(name, "near"))
        with suppress(MoveRefused, ValidationError):
            getattr(actions, name)(row, by=by, at=self.at, **(SAYS.get(name, {}) | says))

    @rule(name=st.sampled_from([m.name for m in SUMMONS.moves if m.name != "resolve"]))
    def move(self, name):
        self.called.refresh_from_db()
        self._press(name, self.called)

    @rule(name=st.sampled_from([m.name for m in ATTENDANCE.moves]))
    def answer(self, name):
        self._press(name, make.seat(self.called, self.town.lights))

    @rule()
    def resolve(self):
        self.called.refresh_from_db()
        says = {"office": self.town.lights, "text": "换底座。", "until": make.FRIDAY}
        self._press("resolve", self.called, **says)

    @rule(name=st.sampled_from(["report", "approve", "rework", "raise_matter"]))
    def follow(self, name):
        one = Resolution.objects.select_related("summons__matter__kind", "office").first()
        if one:
            self._press(name, one)

    @invariant()
    def everything_is_whole(self):
        called = Summons.objects.get(pk=self.called.pk)
        seats = list(called.attendances.all())
        running = Clock.objects.filter(stopped_at=None, subject_type="attendance").count()
        assert broken(called.pk) == []
        assert (called.ended_at is None) == (called.state in LIVE)
        assert bool(called.outcome) == (called.state == State.ENDED)
        assert called.state == State.CALLED or running == 0
        assert running >= sum(s.state == Answer.ASKED for s in seats) * (
            called.state == State.CALLED
        )
        assert all((s.arrived_at is None) == (s.state != Answer.ARRIVED) for s in seats)
        for one in called.resolutions.all():
            assert (one.ended_at is None) == (one.state != Progress.APPROVED)


def test_whatever_is_pressed_a_summons_and_its_offices_and_clocks_agree():
    few = settings(
        max_examples=12,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Meetings, settings=few)

"""The real actions against the table, and every move from every state."""

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
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.models import Clock
from gongzhi.errands import actions
from gongzhi.errands.models import Errand
from gongzhi.errands.states import ERRAND, OPEN, State
from gongzhi.errands.tests import make
from gongzhi.errands.tests.make import NOON

pytestmark = pytest.mark.django_db
BY = {"withdraw": "acceptor"}


def says(town, name: str) -> dict[str, Any]:
    every: dict[str, dict[str, Any]] = {
        "finish": {"seen": make.seen()},
        "fail": {"reason": "门锁着。"},
        "withdraw": {"reason": "不用去了。"},
        "hand_over": {"to": town.mate, "reason": "在另一头。"},
    }
    return every.get(name, {})


def test_every_state_can_be_reached():
    assert ERRAND.reachable() == set(State.values)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", ERRAND.moves, ids=lambda move: move.name)
def test_every_listed_move_works_and_every_other_is_refused(town, move, state):
    errand = make.errand(town)
    ended = {} if state in OPEN else {"worker": None, "asker": None}
    Errand.objects.filter(pk=errand.pk).update(state=state, **ended)
    errand.refresh_from_db()
    by = town.staff(BY.get(move.name, "lead" if move.name != "take" else "worker"))
    act = lambda: getattr(actions, move.name)(errand, **says(town, move.name), by=by, at=NOON)  # noqa: E731
    if state in move.sources:
        act()
        assert errand.state == move.target
    elif move.name == "take" and state not in OPEN:  # it is nobody's any more
        with pytest.raises(PermissionDenied):
            act()
    else:
        with pytest.raises(MoveRefused) as fault:
            act()
        assert str(fault.value) == ERRAND.why_closed(move, state)


class Errands(RuleBasedStateMachine):
    """Anybody presses anything at any time; what stands is always whole."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.town = make.town()
        self.errand = make.errand(self.town)
        self.at = NOON

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @rule(
        name=st.sampled_from([move.name for move in ERRAND.moves]),
        who=st.sampled_from(["worker", "mate", "far", "lead", "acceptor", "handler"]),
    )
    def press(self, name: str, who: str) -> None:
        self.at += timedelta(minutes=40)
        self.errand.refresh_from_db()
        with suppress(MoveRefused, ValidationError, PermissionDenied):
            getattr(actions, name)(
                self.errand, **says(self.town, name), by=self.town.staff(who), at=self.at
            )

    @rule()
    def ask_anew(self) -> None:
        if not self.errand.is_open:
            self.errand = make.errand(self.town, about=self.errand.matter, at=self.at)

    @invariant()
    def is_whole(self) -> None:
        errand = Errand.objects.get(pk=self.errand.pk)
        clock = Clock.objects.get(subject=errand.pk)
        assert errand.is_open == bool(errand.worker_id) == (clock.stopped_at is None)
        assert errand.is_open == (errand.own_hash == "") == (errand.ended_at is None)
        assert broken(errand.pk) == []
        assert broken(errand.matter_id) == []


def test_any_presses_in_any_order_leave_it_whole():
    few = settings(
        max_examples=15,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Errands, settings=few)

"""What the state machines share: the cast, a case in mediation, a clock, and everything rolled back at the end."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from gongzhi.audit.queries import history
from gongzhi.base.http import TooMany
from gongzhi.base.moves import SAME, Lifecycle, MoveRefused
from gongzhi.mediation.models import Confirmation, Help
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests.make import NOON

REFUSALS = (MoveRefused, ValidationError, PermissionDenied, TooMany)
NAMES = ("赵青", "钱川")


class Machine(RuleBasedStateMachine):
    """Somebody presses anything at any time in one case."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.town = make.town()
        self.case = make.mediating(self.town)
        self.at = NOON

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)


def run(machine: type[Machine], *, steps: int) -> None:
    """Try a few ways of pressing, each of so many steps."""
    few = settings(
        max_examples=8,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=few)


def replayed(row: Confirmation | Help, lifecycle: Lifecycle) -> str:
    """Return the state to which the history of a row leads by the table, and by it alone."""
    known = {move.name: move for move in lifecycle.moves}
    state = lifecycle.initial
    for entry in history(row.pk):
        if move := known.get(entry.verb.partition(".")[2]):
            assert state in move.sources
            state = state if move.target == SAME else move.target
    return state

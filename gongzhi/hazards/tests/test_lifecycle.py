"""Whatever is pressed in whatever order, a hazard is accepted only the way it should be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, sampled_from

from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveRefused
from gongzhi.hazards.models import Hazard
from gongzhi.hazards.states import HAZARD, UNDERWAY, State
from gongzhi.hazards.tests import make
from gongzhi.hazards.tests.make import NOON

pytestmark = pytest.mark.django_db
REFUSED = (MoveRefused, ValidationError, PermissionDenied)


def test_every_state_can_be_reached():
    assert HAZARD.reachable() == set(State)


@pytest.mark.once
def test_any_course_of_moves_keeps_what_must_hold(town):
    class Course(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            self.when = NOON
            make.accepted(town)
            self.row = make.hazard(town, when=NOON)

        @rule(name=sampled_from([move.name for move in HAZARD.moves]), days=booleans())
        def press(self, name, days):
            self.when += timedelta(days=days)
            before = (self.row.state, self.row.version, history(self.row.pk).count())
            try:
                make.moved(town, self.row, name, when=self.when)
            except REFUSED:
                after = (self.row.state, self.row.version, history(self.row.pk).count())
                assert after == before

        @invariant()
        def it_holds(self):
            row = Hazard.objects.get(pk=self.row.pk)
            assert (row.state, row.version) == (self.row.state, self.row.version)
            if row.state in UNDERWAY:
                assert row.missing == []
            if row.state == State.ACCEPTED:
                assert row.cause
                assert row.evidence.filter(stage="after").exists()
            if row.is_major and row.ordered_on:
                assert row.protection

        def teardown(self):
            assert broken(self.row.pk) == []
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    run_state_machine_as_test(Course, settings=settings(max_examples=15, stateful_step_count=15))

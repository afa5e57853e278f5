"""The real actions against the table, and every move from every state."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveRefused, check
from gongzhi.deadlines.models import Clock
from gongzhi.petitions import actions, queries
from gongzhi.petitions.models import Petition
from gongzhi.petitions.states import (
    ANSWERED,
    LIVE,
    PETITION,
    VISIT,
    Instance,
    Sort,
    State,
    VisitState,
)
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import DAY, NOON

pytestmark = pytest.mark.django_db


def test_every_state_can_be_reached():
    assert PETITION.reachable() == set(State.values)
    ends_of_come = {VisitState.HEARD, VisitState.PROMISED}  # which of them, the action says
    found = VISIT.reachable() | ends_of_come | {VisitState.KEPT}
    assert found == set(VisitState.values)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", PETITION.moves, ids=lambda move: move.name)
def test_every_listed_move_is_open_and_every_other_is_refused_with_its_sentence(move, state):
    row = Petition(state=state)
    if state in move.sources:
        check(row, PETITION, move, may=True)
        return
    with pytest.raises(MoveRefused) as refused:
        check(row, PETITION, move, may=True)
    assert str(refused.value) == PETITION.why_closed(move, state)


@pytest.mark.parametrize("state", make.TO)
def test_the_moves_that_are_written_lead_where_the_table_says(town, state):
    assert make.in_state(town, state).state == state


class Petitions(RuleBasedStateMachine):
    """Somebody presses anything at any time; what stands is always whole."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.town = make.town()
        self.row = make.petition(self.town)
        self.at = NOON

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @initialize(
        sort=st.sampled_from(Sort.values),
        desk=st.sampled_from(["", "lights handler", "government reviewer"]),
    )
    def raise_one(self, sort, desk):
        if not desk:
            self.row = make.petition(self.town, sort=sort)
            return
        office, who = desk.split()
        self.row = make.direct(self.town, office=office, who=who, sort=sort)

    @rule(name=st.sampled_from(sorted(make.PRESSED)))
    def press(self, name):
        self.at += timedelta(hours=5)
        with suppress(MoveRefused, ValidationError, PermissionDenied):
            make.press(self.town, self.row, name, self.at)

    @rule()
    def read_the_answer(self):
        row = make.fresh(self.row)
        actions.collect(row, by=make.speaker(row), at=self.at)

    @rule()
    def wait(self):
        self.at += 31 * DAY
        with suppress(MoveRefused):
            row = make.fresh(self.row)
            if row.stage:
                actions.lapse(row, by=SYSTEM, at=self.at)

    @invariant()
    def everything_is_whole(self):
        row = make.fresh(self.row)
        stages = queries.stages(row)
        running = Clock.objects.filter(
            subject__in=[row.pk, *(one.pk for one in stages)], stopped_at=None
        )
        assert broken(row.pk) == []
        assert (row.ended_at is None) == (row.state in LIVE)
        assert row.state in LIVE or not running.exists()
        assert (row.stage is None) <= (
            row.state
            in {State.REGISTERED, State.DECLINED, State.LINKED} | {State.ROUTED, State.WITHDRAWN}
        )
        paused = [one for one in running if one.paused_until]
        heard_last = row.stage and row.stage.instance == Instance.FINAL
        asking = {one.subject for one in running if one.name == "ask"}
        arrived = row.state in ANSWERED and not row.is_unserved
        assert asking == ({row.stage_id} if arrived else set())
        assert not paused or (row.state in {State.HEARING, State.IN_FINAL} and heard_last)
        assert row.state != State.REGISTERED or [one.name for one in running] == ["forward"]
        current = [one for one in stages if one.returned_at is None]
        assert row.stage == (current[-1] if current else None)
        deciders = [(one.decider, one.office_id) for one in current if one.decided_at]
        assert len({who for who, _office in deciders}) == len(deciders)
        assert len({office for _who, office in deciders}) == len(deciders)


def test_whatever_is_pressed_a_petition_its_stages_and_its_clocks_agree():
    few = settings(
        max_examples=12,
        stateful_step_count=16,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Petitions, settings=few)

"""Whatever is pressed in whatever order, whoever is killed when: nothing twice, nothing lost."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveRefused
from gongzhi.jobs.models import Job
from gongzhi.matters.models import Matter
from gongzhi.tables import actions, queries
from gongzhi.tables.actions import uploading
from gongzhi.tables.models import Run
from gongzhi.tables.states import DROP, RUN, DropState, State
from gongzhi.tables.tests import make

ROWS, WRONG = 11, 3


def test_every_state_can_be_reached():
    assert RUN.reachable() == set(State)
    assert DROP.reachable() == set(DropState)


class File(RuleBasedStateMachine):
    """One file of eleven rows, three of them wrong, in chunks of two."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.town = make.town()
        rows = [make.row(n, urgent="x" if n < WRONG else "") for n in range(ROWS)]
        with TemporaryDirectory() as folder:
            run = make.send(self.town, make.path(Path(folder), make.text(rows)))
        self.key = run.pk

    @property
    def run(self):
        return Run.objects.get(pk=self.key)

    @rule(
        name=st.sampled_from([move.name for move in RUN.moves]),
        who=st.sampled_from(["acceptor", "dispatcher", "administrator"]),
    )
    def press(self, name, who):
        run, by = self.run, self.town.staff(who)
        more = {"why": "x"} if name == "fail" else {}
        may = name not in {"check", "finish", "fail"} and who != "dispatcher"
        is_open = run.state in RUN[name].sources
        if name == "erase" and run.erased_at:
            return
        try:
            getattr(actions, name)(run, by=by, at=make.NOON, **more)
        except PermissionDenied:
            assert not may
        except MoveRefused:
            assert may
            assert not is_open
        else:
            assert may
            assert is_open

    @rule(killed=st.booleans())
    def work(self, killed):
        job = Job.objects.filter(topic=actions.TOPIC).order_by("pk").first()
        if job is None:
            return
        with transaction.atomic():
            actions.step(self.key, **job.args, by=SYSTEM, at=make.NOON)
            job.delete()
            transaction.set_rollback(killed)  # nothing of what it did was kept

    @invariant()
    def adds_up(self):
        run = self.run
        n = Matter.objects.count()
        assert Matter.objects.values("form_key").distinct().count() == n
        assert run.refused.count() == run.n_refused
        if run.state in {State.RUNNING, State.PAUSED, State.DONE}:
            assert n == run.n_fresh
            assert run.n_known == 0
        else:
            assert n == 0
        if run.state in {State.TRIED, State.DONE}:
            assert (run.n_fresh, run.n_refused) == (ROWS - WRONG, WRONG)
        if run.is_busy:
            assert Job.objects.filter(topic=actions.TOPIC).exists()
        assert bool(run.erased_at) == (not run.chunks.exists())

    def teardown(self):
        try:
            self.drain()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def drain(self):
        while Job.objects.filter(topic=actions.TOPIC).exists():
            self.work(killed=False)
        run = self.run
        self.adds_up()
        assert not run.is_busy
        assert list(queries.mended(run))
        assert broken(run.pk) == []


@pytest.mark.django_db
def test_any_presses_in_any_order_take_each_row_once(monkeypatch):
    monkeypatch.setattr(uploading, "ROWS", 2)
    few = settings(
        max_examples=10,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(File, settings=few)

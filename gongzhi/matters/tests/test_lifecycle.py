"""Whatever is pressed by whomever in whatever order, the table and the database agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from gongzhi.accounts.models import Staff
from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import SAME, STORED, MoveRefused
from gongzhi.matters import actions, rules
from gongzhi.matters.models import Matter
from gongzhi.matters.states import ENDED, MATTER, State
from gongzhi.matters.tests import make

PEOPLE = [
    "acceptor",
    "dispatcher",
    "handler",
    "stranger",
    "inspector",
    "supervisor",
    "worker",
    "officer",
    "administrator",
]


# To cover parts of a photo takes a photo: tried with the files.
PRESSABLE = [move for move in MATTER.moves if move.name != "redact"]


def test_every_state_can_be_reached():
    assert MATTER.reachable() == set(State)


def test_the_cast_can_press_every_move():
    assert {move.name for move in PRESSABLE} == {*make.PRESSED, "merge", "sort"}


class Office(RuleBasedStateMachine):
    """One matter, everybody of the town and its requester, pressing anything as hours go by."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.town = make.town()
        self.staff = {name: self.town.staff(name) for name in PEOPLE}
        self.other = make.matter(self.town)
        self.matter = make.matter(self.town)
        self.at = make.NOON
        self.state, self.entries = MATTER.initial, 1

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def says(self, name):
        if name == "merge":
            return {"into": self.other}
        if name == "sort":
            kind = self.town.hole if self.matter.kind_code == "lamp" else self.town.lamp
            return {"kind": kind, "urgent": False}
        if name == "relocate":
            there = self.matter.place_id == self.town.next_grid.pk
            return {"place": self.town.grid if there else self.town.next_grid}
        return make.pressed(self.town, name)[2]

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours):
        self.at += timedelta(hours=hours)

    @rule(move=st.sampled_from(PRESSABLE), who=st.sampled_from([*PEOPLE, "requester", "right"]))
    def press(self, move, who):
        if who == "right" and move.name in make.PRESSED:
            who = make.PRESSED[move.name][0]
        by: Staff | rules.Holder = self.staff.get(who) or rules.holder(self.matter)
        allowed = getattr(rules, f"may_{move.name}")(by, self.matter)
        opened = self.state in move.sources
        before = dict(self.matter.__dict__)
        try:
            with transaction.atomic():
                getattr(actions, move.name)(self.matter, by=by, at=self.at, **self.says(move.name))
        except PermissionDenied:
            assert not allowed
        except MoveRefused:
            assert allowed
            assert not opened
        except ValidationError:
            pass  # a cross-record rule: an objection twice, too late to reopen, not asked yet
        else:
            assert allowed
            assert opened
            expected = {SAME: self.state, STORED: self.matter.state}.get(move.target, move.target)
            assert self.matter.state == expected
            self.state, self.entries = self.matter.state, self.entries + 1
            return
        assert {k: v for k, v in self.matter.__dict__.items() if k in before} == before

    @invariant()
    def the_database_holds_what_the_table_says(self):
        stored = Matter.objects.get(pk=self.matter.pk)
        assert (stored.state, stored.version) == (self.state, self.entries)
        assert self.matter.state == self.state
        assert history(self.matter.pk).count() == self.entries

    @invariant()
    def it_lies_where_its_place_lies(self):
        stored = Matter.objects.select_related("place").get(pk=self.matter.pk)
        assert (stored.chain, stored.district) == (stored.place.path, "990101")

    @invariant()
    def nobody_and_nothing_is_forgotten(self):
        ended = self.state in ENDED
        assert (self.matter.due_at is None) == ended, (
            "an open matter has a clock, an ended one none"
        )
        assert ended == (self.matter.ended_at is not None)
        everybody = [*self.staff.values(), rules.holder(self.matter)]
        moves = [
            move.name
            for move in MATTER.open_from(self.state)
            if any(getattr(rules, f"may_{move.name}")(by, self.matter) for by in everybody)
        ]
        assert moves or self.state in {State.REFUSED, State.MERGED}, "somebody has a next move"

    @invariant()
    def the_chain_is_whole(self):
        assert broken(self.matter.pk) == []


@pytest.mark.django_db
def test_any_presses_in_any_order():
    run_state_machine_as_test(
        Office, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
    )

"""Whatever the house does with several matters at several offices, their requesters read the same."""

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

from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveRefused
from gongzhi.matters import actions, rules
from gongzhi.matters.models import Matter
from gongzhi.matters.states import ENDED, MATTER, State
from gongzhi.matters.tests import make
from gongzhi.portal.queries.story import OWN_MOVES, TITLES, joined, story

STAFF = ("acceptor", "dispatcher", "handler", "stranger", "inspector", "supervisor", "worker")
NOTHING_MORE = {State.REFUSED, State.CLOSED, State.FORCED}
# What takes a matter on is tried as often as all that leads aside.
ONWARD = ["accept", "dispatch", "acknowledge", "answer", "inspect", "take", "finish"]
ASIDE = sorted({*make.PRESSED, *make.TASKS, "dispatch_first", "merge", "escalate"} - set(ONWARD))


class House(RuleBasedStateMachine):
    """Three requesters, two offices and a centre; anything is pressed by whoever may."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.town, self.at = make.town(), make.NOON
        self.staff = {name: self.town.staff(name) for name in STAFF}
        self.keys = [make.matter(self.town).pk for _n in range(3)]

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def matters(self):
        return list(Matter.objects.select_related("kind", "place", "office").order_by("id"))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours):
        self.at += timedelta(hours=hours)

    @rule(
        which=st.integers(0, 9),
        name=st.one_of(st.sampled_from(ONWARD), st.sampled_from(ASIDE)),
        other=st.integers(0, 2),
    )
    def press(self, which, name, other):
        known = self.matters()
        matter = known[which % len(known)]
        into = Matter.objects.get(pk=self.keys[other])
        says = {"into": into} if name == "merge" else make.pressed(self.town, name)[2]
        if name in make.TASKS:
            record = matter.tasks.filter(lead=False).order_by("-given_at", "-id").first()
            if record is None:
                return
            record.matter = matter
        else:
            record = matter
        move = "dispatch" if name == "dispatch_first" else name
        for by in [*self.staff.values(), rules.holder(matter)]:
            if getattr(rules, f"may_{move}")(by, record):
                self.make(move, record, by, says)
                return

    def make(self, move, record, by, says):
        try:
            with transaction.atomic():
                getattr(actions, move)(record, by=by, at=self.at, **says)
        except (MoveRefused, ValidationError, PermissionDenied):
            pass  # closed from here, or another record stands against it: nothing happened

    @invariant()
    def no_live_matter_is_without_an_owner_a_clock_or_a_next_move(self):
        for matter in self.matters():
            if matter.state in ENDED:
                assert matter.due_at is None
                continue
            assert matter.due_at or matter.state == State.RESOLVED
            assert matter.chain.startswith(matter.desk)
            if matter.state in (State.DISPATCHED, State.HANDLING):
                assert [t.office_id for t in matter.tasks.all() if t.lead and t.is_open] == [
                    matter.office_id
                ]
            may = [
                move.name
                for move in MATTER.open_from(matter.state)
                if move.name not in ("note", "keep_from")
                and any(
                    getattr(rules, f"may_{move.name}")(by, matter) for by in self.staff.values()
                )
            ]
            assert may, matter.state

    @invariant()
    def a_whole_is_not_answered_before_its_parts_and_co_offices(self):
        for matter in self.matters():
            if matter.state in (State.ANSWERED, State.RESOLVED, State.CLOSED):
                assert all(part.is_ended for part in matter.parts.all())
                assert not [task for task in matter.tasks.all() if task.is_open]

    @invariant()
    def the_requesters_page_never_contradicts_the_desk(self):
        for matter in self.matters():
            if matter.parent_id:
                assert not hasattr(matter, "requester")
                continue
            told = story(matter, self.at)
            assert told.standing.title == TITLES[State(matter.state)]
            open_now = {move.name for move in MATTER.open_from(matter.state)}
            assert told.moves <= open_now & set(OWN_MOVES)
            assert bool(told.held_by) == (matter.state not in ENDED and not matter.office_id)
            assert told.question is None or matter.state not in ENDED
            now = [step.label for step in told.standing.steps if step.state == "current"]
            assert len(now) == (0 if matter.state in {*ENDED, State.DEFERRED} else 1)
            self.reads_of_the_common_one(matter, told)

    def reads_of_the_common_one(self, matter, told):
        common = joined(matter, self.at)
        assert bool(common) == (matter.state == State.MERGED)
        if common:
            into = common.matter
            assert (into.pk, into.state in {State.MERGED, State.WITHDRAWN}) == (
                matter.merged_into_id,
                False,
            )
            assert common.standing.title == TITLES[State(into.state)]
            if into.state == State.RESOLVED:
                assert "judge" in told.moves
            elif into.state not in NOTHING_MORE:
                assert "judge" not in told.moves

    @invariant()
    def every_chain_is_whole(self):
        assert not any(broken(matter.pk) for matter in self.matters())


@pytest.mark.django_db
def test_whatever_happens_the_house_and_the_requester_read_the_same():
    run_state_machine_as_test(
        House, settings=settings(max_examples=10, stateful_step_count=30, deadline=None)
    )

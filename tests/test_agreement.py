"""Whatever the house does with several matters at several offices: nothing is lost, and all read the same.

Not only the state is asked for, but what stands on the desk and on the requester's page.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.accounts.models import Role
from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.queries import default_days
from gongzhi.desk import queries
from gongzhi.desk.rules import BY_NAME, tabs_of
from gongzhi.matters import actions, rules, words
from gongzhi.matters.models import Extension, Matter, Objection, Waiting
from gongzhi.matters.queries import silent
from gongzhi.matters.states import (
    ENDED,
    MATTER,
    SORTING,
    TASK,
    UNDERWAY,
    WITH_OFFICE,
    RulingState,
    State,
)
from gongzhi.matters.tests import make
from gongzhi.portal.queries.story import OWN_MOVES, TITLES, joined, story
from gongzhi.portal.templatetags.portal import moment

STAFF = ("acceptor", "dispatcher", "handler", "stranger", "inspector", "supervisor", "worker")
NOTHING_MORE = {State.REFUSED, State.CLOSED, State.FORCED}
# What takes a matter on is tried as often as all that leads aside.
ONWARD = ["accept", "dispatch", "acknowledge", "take", "finish", "answer", "inspect"]
ENDING = {"refuse", "withdraw", "force_close", "merge", "settle", "note"}
MOST = 6  # raised
AT_WORK = ("accept", "dispatch", "acknowledge")
BEGUN = ((), AT_WORK, (*AT_WORK, "involve", "take", "split"))  # how far the first ones are


class House(RuleBasedStateMachine):
    """Three requesters, three offices and a centre; anything is pressed by whoever may."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.town, self.at = make.town(), make.NOON
        self.staff = {name: self.town.staff(name) for name in STAFF}
        self.offices = [self.town.lights, self.town.roads, self.third()]
        begun = [make.walk(self.town, make.matter(self.town), *moves) for moves in BEGUN]
        self.wholes = [matter.pk for matter in begun]
        self.seen: dict[UUID, tuple[int, datetime]] = {}

    def third(self):
        town = self.town
        office = found(
            code="water",
            duty="water",
            name_zh="水务所",
            name_en="Water",
            place=town.district,
            calendar=town.roads.calendar,
            by=SYSTEM,
            at=make.NOON,
        )
        user = open_account(
            username="wet", name_zh="水同志", name_en="Wet", password="", by=SYSTEM, at=make.NOON
        )
        appoint(
            user, role=Role.HANDLER, place=town.district, office=office, by=SYSTEM, at=make.NOON
        )
        self.staff["wet"] = staff(user, make.NOON)
        return office

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def matters(self):
        named = Matter.objects.select_related("kind", "place", "office")
        named = named.order_by("received_at", "number")  # ids of one instant fall as they may
        return list(named.prefetch_related("tasks", "parts"))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours):
        self.at += timedelta(hours=hours)

    @rule()
    def the_clock_strikes(self):
        actions.remind(by=SYSTEM, at=self.at)
        for matter in silent(self.at):
            self.make("close", matter, SYSTEM, {})

    @precondition(lambda self: len(self.wholes) < MOST)
    @rule()
    def another_is_raised(self):
        self.wholes.append(make.matter(self.town, at=self.at).pk)

    @rule(
        which=st.integers(0, 9),
        way=st.sampled_from(["onward", "aside", "aside", "any"]),
        n=st.integers(0, 40),
        other=st.integers(0, 2),
    )
    def press(self, which, way, n, other):
        """Press one of the moves that the states of a matter and of its tasks leave open."""
        known = self.matters()
        matter = known[which % len(known)]
        tasks = (
            [] if matter.is_ended else [t for t in matter.tasks.all() if t.is_open and not t.lead]
        )
        opened = [move.name for move in MATTER.open_from(matter.state) if move.name != "redact"]
        records = dict.fromkeys(opened, matter)  # to redact takes a photo: tried with the files
        for task in tasks:
            task.matter = matter
            records |= {move.name: task for move in TASK.open_from(task.state)}
        names = [name for name in records if _is_of(way, name)]
        if names:
            name = names[n % len(names)]
            self.by_whoever_may(name, records[name], self.says(name, other, matter))

    def by_whoever_may(self, name, record, says):
        matter = getattr(record, "matter", record)
        for by in [*self.staff.values(), rules.holder(matter)]:
            if getattr(rules, f"may_{name}")(by, record):
                self.make(name, record, by, says)
                return

    def says(self, name, other, matter):
        if name == "merge":
            return {"into": Matter.objects.get(pk=self.wholes[other])}
        if name == "sort":
            return {"kind": [self.town.lamp, self.town.hole][other % 2], "urgent": other == 2}
        if name == "relocate":
            there = matter.place_id == self.town.next_grid.pk
            return {"place": self.town.grid if there else self.town.next_grid}
        first = name == "dispatch" and other == 2
        says = make.pressed(self.town, "dispatch_first" if first else name)[2]
        if name in ("dispatch", "involve", "split", "send_back", "about"):
            says["office"] = self.offices[other]
        return says

    def make(self, move, record, by, says):
        try:
            with transaction.atomic():
                getattr(actions, move)(record, by=by, at=self.at, **says)
        except (MoveRefused, ValidationError, PermissionDenied):
            pass  # closed from here, or another record stands against it: nothing happened

    @invariant()
    def all_holds(self):
        """Look at what the step before has changed; where time has passed, at everything."""
        last = Entry.objects.filter(subject_type="matter").values_list("subject")
        now = {key: (seq, self.at) for key, seq in last.annotate(seq=Max("seq"))}
        self.lies_on_a_pile()
        self.can_still_be_answered()
        rows = self.rows()
        for matter in self.matters():
            if self.seen.get(matter.pk) != now[matter.pk]:
                self.has_an_owner_a_clock_and_a_next_move(matter)
                self.ends_after_its_parts_and_co_offices(matter)
                self.reads_the_same_everywhere(matter, rows.get(matter.pk))
                assert broken(matter.pk) == []
        self.seen = now

    # --- Nothing is lost.

    def has_an_owner_a_clock_and_a_next_move(self, matter):
        if matter.state in ENDED:
            assert matter.due_at is None
            return
        assert matter.due_at
        assert matter.chain.startswith(matter.desk)
        leads = [t.office_id for t in matter.tasks.all() if t.lead and t.is_open]
        led = [matter.office_id]
        assert leads == (led if matter.state in WITH_OFFICE else []) or (
            matter.state == State.DEFERRED and leads == led
        )
        assert any(
            getattr(rules, f"may_{move.name}")(by, matter)
            for move in MATTER.open_from(matter.state)
            if move.name not in ("note", "keep_from", "redact")
            for by in self.staff.values()
        ), matter.state

    def lies_on_a_pile(self):
        """Every live matter waits for somebody, on a pile of work or with what is deferred."""
        waiting = set[UUID]()
        for by in self.staff.values():
            for tab in tabs_of(by):
                if tab.is_work or tab.name == "deferred":
                    lying = queries.live(by).filter(queries.waits(tab, by, self.at))
                    waiting.update(lying.values_list("pk", flat=True))
        forgotten = Matter.objects.live().exclude(pk__in=waiting)
        assert [(one.state, one.office) for one in forgotten.select_related("office")] == []

    def ends_after_its_parts_and_co_offices(self, matter):
        if matter.state in (State.ANSWERED, State.RESOLVED, State.CLOSED):
            assert not [task for task in matter.tasks.all() if task.is_open]
        if matter.state in {State.ANSWERED, State.RESOLVED, *ENDED}:
            assert all(part.is_ended for part in matter.parts.all())

    def can_still_be_answered(self):
        """An objection, a request for more time and a question stand only where they can be answered."""

        def stand(model, **where):
            found = model.objects.filter(**where).select_related("matter")
            return {one.matter.resume_to or one.matter.state for one in found}

        asked = {"state": RulingState.ASKED}
        assert stand(Objection, **asked, task=None) <= {State.DISPATCHED}
        assert stand(Extension, **asked) <= {State.HANDLING}
        assert stand(Waiting, answered_at=None) <= {*UNDERWAY, State.MERGED}

    # --- All read the same.

    def reads_the_same_everywhere(self, matter, row):
        """The requester's page never contradicts the desk."""
        if matter.parent_id:
            assert not hasattr(matter, "requester")
            return
        told = story(matter, self.at)
        assert told.standing.title == TITLES[State(matter.state)]
        open_now = {move.name for move in MATTER.open_from(matter.state)}
        assert told.moves <= open_now & set(OWN_MOVES)
        assert bool(told.held_by) == (matter.state not in ENDED and not matter.office_id)
        assert told.question is None or matter.state not in ENDED
        now = [step.label for step in told.standing.steps if step.state == "current"]
        assert len(now) == (0 if matter.state in {*ENDED, State.DEFERRED} else 1)
        self.reads_of_the_common_one(matter, told)
        if row:
            self.reads_what_the_desk_reads(matter, told, row)
        else:
            assert matter.state in ENDED

    def rows(self):
        """What a supervisor's list of all that is open says."""
        by = self.staff["supervisor"]
        listing = queries.pile(BY_NAME["all"], {}, by, self.at)
        reader = queries.Reader(by, self.at, localdate(self.at))
        return {row.pk: row for row in queries.page(listing.found, reader).rows}

    def reads_what_the_desk_reads(self, matter, told, row):
        """State, office and date on the requester's page are those of the desk's list."""
        says = told.standing
        assert row.state_label == words.LABELS[matter.state]
        promised = words.promised(matter.answer_by, self.at, default_days(), matter.state)
        assert (says.due, says.is_late) == (promised, promised.tone == "overdue")
        assert says.tone == ("overdue" if says.is_late else row.tone)
        if matter.state in {*SORTING, State.DISPATCHED, State.ANSWERED}:
            assert moment(row.due.at) in says.explained
        if matter.state == State.HANDLING:
            assert row.due.at == promised.at
            assert moment(row.due.at) in says.explained
        if matter.state in WITH_OFFICE:
            assert row.office in says.explained
        assert told.held_by == ("" if row.office else self.place_of(row.desk))

    def place_of(self, desk):
        places = (self.town.district, self.town.township, self.town.community, self.town.grid)
        return {one.path: one.name for one in (*places, self.town.next_grid)}[desk]

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


def _is_of(way, name):
    return way == "any" or (name in ONWARD if way == "onward" else name not in {*ONWARD, *ENDING})


@pytest.mark.django_db
def test_whatever_happens_nothing_is_lost_and_the_house_and_the_requester_read_the_same():
    run_state_machine_as_test(
        House, settings=settings(max_examples=10, stateful_step_count=30, deadline=None)
    )

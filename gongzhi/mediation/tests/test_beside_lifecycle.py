"""The real actions against the tables of the confirmation by a court, and of help for one party."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.queries import broken, history
from gongzhi.deadlines.queries import clocks_of
from gongzhi.mediation import actions, queries
from gongzhi.mediation.models import Help
from gongzhi.mediation.states import CONFIRMATION, HELP, Court, Support
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.mediation.tests.machine import NAMES, REFUSALS, Machine, replayed, run

pytestmark = pytest.mark.django_db
RUNS: dict[str, str] = {Court.POSSIBLE: "apply", Court.APPLIED: "accept", Court.ACCEPTED: "decide"}
DECIDED = {Court.CONFIRMED, Court.NOT_CONFIRMED, Court.TURNED_AWAY, Court.TAKEN_BACK}
RECORDED = ("hand_in", "take_on", "turn_away", "lengthen", "confirm", "disallow")
HOUR = timedelta(hours=1)


class Courts(Machine):
    """The parties want to apply or not, the court does what it does, and days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.made = some.concluded(self.town, some.presented(self.town, self.case))

    @rule(days=st.sampled_from([1, 1, 2, 12]))
    def wait(self, days):
        self.at += timedelta(days=days)

    @rule(who=st.sampled_from(NAMES), name=st.sampled_from(["join_in", "join_in", "take_back"]))
    def party(self, who, name):
        by = make.side(self.case, who)
        with suppress(*REFUSALS):
            getattr(actions, name)(some.court(self.made), by=by, at=self.at)

    @rule(n=st.integers(0, 3))
    def goes_on(self, n):
        """Press what leads on from where it stands, by whoever may: else it would seldom get far."""
        court = some.court(self.made)
        for name in NAMES if court.state == Court.POSSIBLE else ():
            self.party(name, "join_in")
        open_now = [move.name for move in CONFIRMATION.open_from(court.state)]
        names = [name for name in open_now if name in RECORDED]
        for name in names[n : n + 1]:
            self.recorded("mediator", name, 0)

    @rule(
        who=st.sampled_from(["mediator", "clerk", "leader", "outsider"]),
        name=st.sampled_from(RECORDED),
        ago=st.integers(0, 4),
    )
    def recorded(self, who, name, ago):
        then = self.at - timedelta(days=ago)
        says: dict[str, dict[str, Any]] = {
            "hand_in": {"court": "区法院", "applied_at": then},
            "take_on": {"accepted_at": then},
        }
        by = self.town.staff(who, self.at)
        with suppress(*REFUSALS):
            act = getattr(actions, name)
            act(some.court(self.made), by=by, at=self.at, **says.get(name, {}))

    @rule()
    def clock(self):
        actions.run_out_late(by=SYSTEM, at=self.at)

    @invariant()
    def the_history_leads_to_where_it_stands(self):
        court = some.court(self.made)
        assert replayed(court, CONFIRMATION) == court.state
        assert broken(court.pk) == []
        verbs = [one.verb for one in history(court.pk)]
        assert verbs.count("confirmation.lengthen") <= 1
        allowed = {None, self.town.mediator.pk, self.town.clerk.pk}
        allowed |= {make.party(self.case, name).pk for name in NAMES}
        allowed = {signed(court.pk, one) for one in allowed}
        assert {one.by_id for one in history(court.pk)} <= allowed

    @invariant()
    def a_court_has_only_what_all_want_and_hand_in_within_thirty_days(self):
        court = some.court(self.made)
        everybody = {party.pk.hex for party in queries.sides(self.case)}
        if court.applied_at:
            assert set(court.joined) == everybody
            assert court.applied_at < clocks_of(court.pk).get(name="apply").due_at
        assert (court.applied_at is None) == (court.state in (Court.POSSIBLE, Court.RUN_OUT))
        assert (court.decided_at is not None) == (court.state in DECIDED)

    @invariant()
    def one_clock_runs_while_somebody_is_waited_for(self):
        court = some.court(self.made)
        running = [one.name for one in clocks_of(court.pk).filter(stopped_at=None)]
        assert running == ([RUNS[court.state]] if court.state in RUNS else [])


def test_whatever_is_pressed_a_court_gets_what_all_want_in_time():
    run(Courts, steps=20)


class Helps(Machine):
    """Each party asks for help, the office and others press, and hours go by."""

    def __init__(self) -> None:
        super().__init__()
        some.office(self.town, "health", self.town.stranger)
        self.known = history(self.case.pk).count()

    @rule(hours=st.integers(1, 40))
    def wait(self, hours):
        self.at += hours * HOUR

    @rule(who=st.sampled_from(NAMES))
    def ask(self, who):
        if Help.objects.filter(ended_at=None).count() < 3:
            some.help_for(self.case, who, self.at)

    @rule(
        who=st.sampled_from(["stranger"] * 4 + ["clerk", "mediator", "leader", *NAMES]),
        name=st.sampled_from(["book", "book", "give_help", "give_help", "drop_help"]),
        n=st.integers(0, 2),
        ahead=st.integers(-2, 30),
    )
    def press(self, who, name, n, ahead):
        rows = list(Help.objects.select_related("wanter", "office").order_by("asked_at", "id"))
        says = {"book": {"begins_at": self.at + ahead * HOUR, "where": "二楼"}}.get(name, {})
        by = make.side(self.case, who) if who in NAMES else self.town.staff(who, self.at)
        for row in rows[n : n + 1]:
            with suppress(*REFUSALS):
                getattr(actions, name)(row, by=by, at=self.at, **says)

    @invariant()
    def the_history_leads_to_where_it_stands_by_who_may(self):
        for row in Help.objects.all():
            assert replayed(row, HELP) == row.state
            assert broken(row.pk) == []
            pressed = {(one.verb, one.by_id) for one in history(row.pk)}
            adviser, wanter = (
                signed(row.pk, one) for one in (self.town.stranger.pk, row.wanter_id)
            )
            office = {(f"help.{move.name}", adviser) for move in HELP.moves}
            own = {("help.ask", wanter), ("help.drop_help", wanter)}
            assert pressed <= office | own

    @invariant()
    def what_is_booked_has_a_time_and_what_is_over_an_end(self):
        for row in Help.objects.all():
            assert (row.ended_at is not None) == (row.state in (Support.GIVEN, Support.DROPPED))
            assert row.begins_at or row.state in (Support.ASKED, Support.DROPPED)

    @invariant()
    def nobody_else_of_the_case_learns_of_it(self):
        assert history(self.case.pk).count() == self.known
        for name in NAMES:
            whose = make.party(self.case, name)
            assert {row.wanter_id for row in queries.helps_of(whose)} <= {whose.pk}
        for who in ("clerk", "head", "mediator", "leader"):
            assert queries.helps(self.town.staff(who, self.at)) == []


def test_whatever_is_pressed_help_stays_between_two():
    run(Helps, steps=20)

"""The real actions against the tables of agreements, terms, the court, opened files and help."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.queries import clocks_of
from gongzhi.mediation import actions, queries
from gongzhi.mediation.models import Agreement, Case, Confirmation, Opening, Term
from gongzhi.mediation.states import (
    AGREEMENT,
    CONFIRMATION,
    HELP,
    OPENING,
    TERM,
    Access,
    Court,
    Draft,
    Duty,
    State,
)
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.mediation.tests.machine import NAMES, REFUSALS, Machine, run
from gongzhi.mediation.tests.make import NOON
from gongzhi.parties.fields import drawn
from gongzhi.parties.tests.make import drawing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "lifecycle", [TERM, CONFIRMATION, OPENING, HELP], ids=["term", "court", "opening", "help"]
)
def test_every_state_can_be_reached(lifecycle):
    assert lifecycle.reachable() == set(lifecycle.states.values)


def test_every_state_of_an_agreement_can_be_reached():
    assert AGREEMENT.reachable() == set(Draft.values)


@pytest.mark.parametrize("state", Court)
@pytest.mark.parametrize("move", CONFIRMATION.moves, ids=lambda move: move.name)
def test_every_move_at_court_works_from_its_states_and_from_no_other(town, move, state):
    made = some.in_force(town)
    found = some.wanted(made)
    by = town.staff("mediator")
    if CONFIRMATION["hand_in"].sources.isdisjoint({state}):
        actions.hand_in(found, court="区法院", applied_at=NOON, by=by, at=NOON)
    if state in (Court.ACCEPTED, Court.CONFIRMED, Court.NOT_CONFIRMED):
        actions.take_on(found, accepted_at=NOON, by=by, at=NOON)
    Confirmation.objects.filter(pk=found.pk).update(state=state, joined=[])
    found.refresh_from_db()
    who = {"join_in": make.side(made.case), "take_back": make.side(made.case), "run_out": SYSTEM}
    says: dict[str, dict[str, Any]] = {
        "hand_in": {"court": "区法院", "applied_at": NOON},
        "take_on": {"accepted_at": NOON},
    }
    at = some.days(60) if move.name == "run_out" else NOON
    act = lambda: getattr(actions, move.name)(  # noqa: E731
        found, by=who.get(move.name, by), at=at, **says.get(move.name, {})
    )
    if state in move.sources:
        with suppress(ValidationError):  # one who applies alone
            act()
    else:
        with pytest.raises(MoveRefused) as fault:
            act()
        assert str(fault.value) == CONFIRMATION.why_closed(move, state)


class Agreements(Machine):
    """Somebody presses anything at any time; what is in force is what all have signed."""

    def _agreement(self) -> Agreement | None:
        self.case = Case.objects.select_related("committee__calendar").get(pk=self.case.pk)
        return queries.agreement(self.case)

    def _step(self) -> None:
        self.at += timedelta(hours=3)

    @rule(oral=st.booleans(), whole=st.booleans())
    def draft(self, oral, whole):
        self._step()
        self._agreement()
        words = some.WORDS if whole else {}
        clauses = [some.clause(self.case)] if whole else []
        with suppress(*REFUSALS):
            by = self.town.staff("mediator", self.at)
            actions.draft(self.case, words=words, clauses=clauses, oral=oral, by=by, at=self.at)

    @rule(name=st.sampled_from(["redraft", "present", "conclude", "discard", "witness"]))
    def press(self, name):
        self._step()
        found = self._agreement()
        says: dict[str, dict[str, Any]] = {
            "redraft": {"words": some.WORDS, "clauses": [some.clause(self.case)]},
            "conclude": {"drawing": "x"},
            "witness": {"drawing": "x", "signer": make.party(self.case, "钱川")},
        }
        if found:
            with suppress(*REFUSALS):
                by = self.town.staff("mediator", self.at)
                getattr(actions, name)(found, by=by, at=self.at, **says.get(name, {}))

    @rule(who=st.sampled_from(NAMES), oral=st.booleans())
    def say_yes(self, who, oral):
        self._step()
        found = self._agreement()
        if found:
            by = make.side(self.case, who)
            with suppress(*REFUSALS):
                code = some.code(make.party(self.case, who), by, self.at)
                if oral:
                    actions.affirm(found, code=code, by=by, at=self.at)
                else:
                    given = drawn(drawing())
                    actions.sign(found, drawing=given, code=code, by=by, at=self.at)

    @rule(who=st.sampled_from(NAMES))
    def revoke(self, who):
        self._step()
        self._agreement()
        by, whose = make.side(self.case, who), make.party(self.case, who)
        if self.at > NOON + timedelta(days=2):  # not before something could happen
            with suppress(*REFUSALS):
                actions.revoke(self.case, whose=whose, by=by, at=self.at)

    @rule(who=st.sampled_from(NAMES), name=st.sampled_from(["receive", "miss"]))
    def perform(self, who, name):
        self._step()
        found = self._agreement()
        for term in queries.terms(found) if found else []:
            with suppress(*REFUSALS):
                by = make.side(self.case, who)
                getattr(actions, name)(term, by=by, at=self.at + timedelta(days=60))

    @rule(name=st.sampled_from(["fail", "close", "archive"]))
    def end(self, name):
        self._step()
        self._agreement()
        says = {"fail": {"why": "apart", "dispute": "数额。"}}.get(name, {})
        by = self.town.staff("mediator" if name == "fail" else "clerk", self.at)
        if self.at > NOON + timedelta(days=2):
            with suppress(*REFUSALS):
                getattr(actions, name)(self.case, by=by, at=self.at, **says)

    @invariant()
    def what_is_in_force_was_signed_by_all(self):
        found = self._agreement()
        agreed = self.case.agreed_at is not None
        assert agreed == (found is not None and found.state == Draft.IN_FORCE)
        if found and agreed:
            assert queries.unsigned(found, queries.people(self.case)) == []
            assert queries.digest(found) == found.digest
            assert Confirmation.objects.filter(agreement=found).count() == 1

    @invariant()
    def nothing_is_left_to_sign_where_nothing_is_mediated(self):
        found = self._agreement()
        open_draft = found is not None and found.state in (Draft.DRAFT, Draft.SIGNING)
        assert not open_draft or self.case.state == State.MEDIATING
        assert (
            not Term.objects.exclude(state=Duty.DUE)
            .exclude(agreement__state=Draft.IN_FORCE)
            .exists()
        )

    @invariant()
    def every_history_is_whole(self):
        rows = [self.case, *Agreement.objects.all(), *Term.objects.exclude(state=Duty.DUE)]
        assert [row for row in rows if not isinstance(row, Term) and broken(row.pk)] == []


def test_whatever_is_pressed_what_is_in_force_was_signed_by_all():
    run(Agreements, steps=25)


class Openings(Machine):
    """Two people and a clock: nobody reads alone, nor a second after the end."""

    @rule(hours=st.integers(1, 20))
    def wait(self, hours):
        self.at += timedelta(hours=hours)

    @rule(who=st.sampled_from(["supervisor", "head", "data_officer", "leader"]))
    def ask(self, who):
        with suppress(*REFUSALS):
            some.asked(self.town, self.case, who, self.at)

    @rule(
        who=st.sampled_from(["supervisor", "head", "data_officer"]),
        name=st.sampled_from([move.name for move in OPENING.moves]),
    )
    def press(self, who, name):
        says = {"answer": "不必。"} if name == "deny_opening" else {}
        for opening in Opening.objects.select_related("case"):
            with suppress(*REFUSALS):
                by = self.town.staff(who, self.at)
                getattr(actions, name)(opening, by=by, at=self.at, **says)

    @rule()
    def clock(self):
        actions.shut_late(by=SYSTEM, at=self.at)

    @invariant()
    def nobody_reads_alone_or_too_long(self):
        for opening in Opening.objects.select_related("case"):
            assert opening.decider_id != opening.asker_id
            assert broken(opening.pk) == []
            for who in ("supervisor", "head", "data_officer", "leader"):
                by = self.town.staff(who, self.at)
                reads = True
                try:
                    actions.read_opened(opening, by=by, at=self.at)
                except PermissionDenied:
                    reads = False
                lasts = opening.state == Access.OPEN and self.at < (opening.until or self.at)
                assert reads == (lasts and by.id == opening.asker_id)


def test_whatever_is_pressed_nobody_reads_a_sealed_file_alone():
    run(Openings, steps=15)


def test_clocks_stop_with_what_they_waited_for(town):
    found = some.handed_in(town, some.in_force(town))
    by = town.staff("mediator")
    actions.turn_away(found, by=by, at=NOON)
    assert not clocks_of(found.pk).filter(stopped_at=None).exists()

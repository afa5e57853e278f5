"""A court confirms an agreement: its parties apply together within 30 days, the court has 3 and 15 more."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base import ids, text
from gongzhi.base.moves import MoveLost
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.deadlines.actions import extend, grant, start, stop
from gongzhi.deadlines.models import Clock
from gongzhi.deadlines.queries import clocks_of, kept_rule
from gongzhi.mediation import queries
from gongzhi.mediation.actions.shifting import of_confirmation, press
from gongzhi.mediation.actions.writing import resealed, tell_parties
from gongzhi.mediation.models import Agreement, Confirmation
from gongzhi.mediation.states import AT_COURT, Court
from gongzhi.parties.rules import Member

RULES = {name: f"mediation.judicial_confirm.{name}" for name in ("apply", "accept", "decide")}
COURT_MORE = 10  # days, once, by the president of the court


def allow_confirmation(agreement: Agreement, *, by: Actor, at: datetime) -> Confirmation:
    """Begin the 30 days in which the parties may apply together (art. 33)."""
    key = ids.uuid7()
    made = Confirmation(id=key, sealed=seal({}, key.hex), agreement=agreement)
    insert(made)
    record(made, verb="confirmation.allow", by=by, at=at, first=True)
    _start(made, "apply", by=by, at=at)
    return made


def _start(confirmation: Confirmation, name: str, *, by: Actor, at: datetime) -> None:
    rule = kept_rule(RULES[name], localdate(at))
    if rule is None:
        raise ValidationError(
            _("The rule of time “%(code)s” is not in force. Ask your administrator.")
            % {"code": RULES[name]}
        )
    start(
        confirmation.pk,
        "confirmation",
        name=name,
        runs_by=rule,
        calendar=confirmation.case.committee.calendar,
        by=by,
        at=at,
    )


def _clock(confirmation: Confirmation, name: str) -> Clock:
    return clocks_of(confirmation.pk).get(name=name)


def _stop_all(confirmation: Confirmation, *, by: Actor, at: datetime) -> None:
    for clock in clocks_of(confirmation.pk).filter(stopped_at=None):
        stop(clock, by=by, at=max(at, clock.started_at))


@of_confirmation
def join_in(confirmation: Confirmation, *, by: Member, at: datetime) -> None:
    """Say that the own side wants to apply; the court hears only those who apply together.

    :raises ValidationError: said already, or the 30 days are over
    """
    _in_time(confirmation, at)
    if by.side.hex in confirmation.joined:
        raise ValidationError(_("You have said so already."))
    joined = [*confirmation.joined, by.side.hex]
    press(confirmation, "join_in", by=by, at=at, facts={"n": len(joined)}, joined=joined)
    tell_parties(confirmation.case, by=by, at=at, but=by)


def _in_time(confirmation: Confirmation, at: datetime) -> None:
    due = _clock(confirmation, "apply").due_at
    if at >= due:
        raise ValidationError(
            _(
                "The 30 days are over since %(day)s: the agreement binds, but no court confirms it now."
            )
            % {"day": localdate(due)}
        )


@of_confirmation
def hand_in(
    confirmation: Confirmation, *, court: str, applied_at: datetime, by: Actor, at: datetime
) -> None:
    """Record that the parties handed the application in together, when and to which court.

    :raises ValidationError: not all want to apply, after the 30 days, or a time that cannot be
    """
    left = [p for p in queries.sides(confirmation.case) if p.pk.hex not in confirmation.joined]
    if left:
        raise ValidationError(
            _("All parties apply together: %(n)d of them have not said that they want to.")
            % {"n": len(left)}
        )
    _check("applied_at", _clock(confirmation, "apply").started_at, applied_at, at)
    _in_time(confirmation, applied_at)
    _stop_all(confirmation, by=by, at=applied_at)
    sealed = resealed(confirmation, court=text.clean(court)[:200])
    press(confirmation, "hand_in", by=by, at=at, sealed=sealed, applied_at=applied_at)
    _start(confirmation, "accept", by=by, at=applied_at)


def _check(name: str, first: datetime, given: datetime, at: datetime) -> None:
    """Refuse a time that has not come, or that lies before what it follows; typed are whole minutes."""
    if given > at:
        raise ValidationError({name: _("This time has not come yet.")})
    if given < first.replace(second=0, microsecond=0):
        raise ValidationError({name: _("This lies before what it follows: look at the day again.")})


@of_confirmation
def take_on(
    confirmation: Confirmation, *, accepted_at: datetime, number: str = "", by: Actor, at: datetime
) -> None:
    """Record when the court took it on, under which number; from then it has 15 days.

    :raises ValidationError: a time to come, or before it was handed in
    """
    _check("accepted_at", confirmation.applied_at or at, accepted_at, at)
    _stop_all(confirmation, by=by, at=accepted_at)
    sealed = resealed(confirmation, number=text.clean(number)[:60])
    press(confirmation, "take_on", by=by, at=at, sealed=sealed)
    _start(confirmation, "decide", by=by, at=accepted_at)


@of_confirmation
def turn_away(confirmation: Confirmation, *, by: Actor, at: datetime) -> None:
    """Record that the court does not take it on (art. 4 of its rules)."""
    _decided(confirmation, "turn_away", by=by, at=at)


@of_confirmation
def lengthen(confirmation: Confirmation, *, by: Actor, at: datetime) -> None:
    """Record that the president of the court gave it ten days more; once.

    :raises ValidationError: the time is over, or was lengthened already
    """
    clock = _clock(confirmation, "decide")
    why = _("granted by the president of the court")
    asked = extend(clock, value=COURT_MORE, unit="calendar_day", reason=why, by=by, at=at)
    grant(asked, approver=_("president of the court"), by=by, at=at)
    press(confirmation, "lengthen", by=by, at=at, facts={"days": COURT_MORE})
    tell_parties(confirmation.case, by=by, at=at, but=by)


@of_confirmation
def confirm(confirmation: Confirmation, *, by: Actor, at: datetime) -> None:
    """Record that the court confirms it: who does not perform can be made to."""
    _decided(confirmation, "confirm", by=by, at=at)


@of_confirmation
def disallow(confirmation: Confirmation, *, by: Actor, at: datetime) -> None:
    """Record that the court does not confirm it: it may be changed, or brought to court."""
    _decided(confirmation, "disallow", by=by, at=at)


@of_confirmation
def take_back(confirmation: Confirmation, *, by: Actor, at: datetime) -> None:
    """Take the application back, as a party, before the court has decided (art. 5 of its rules)."""
    _decided(confirmation, "take_back", by=by, at=at)


def _decided(confirmation: Confirmation, name: str, *, by: Actor, at: datetime) -> None:
    _stop_all(confirmation, by=by, at=at)
    press(confirmation, name, by=by, at=at, decided_at=at)
    tell_parties(confirmation.case, by=by, at=at, but=by)


@of_confirmation
def run_out(confirmation: Confirmation, *, by: Actor, at: datetime) -> None:
    """Record that nobody applied within the 30 days.

    :raises ValidationError: there is still time
    """
    if at < _clock(confirmation, "apply").due_at:
        raise ValidationError(_("There is still time to apply."))
    _stop_all(confirmation, by=by, at=at)
    press(confirmation, "run_out", by=by, at=at)


def shut_confirmation(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    """Let the time to apply end with the file, where no party wants to apply.

    :raises ValidationError: the court has it, or a party wants to apply and still may
    """
    found = queries.confirmation(agreement)
    if found is None:
        return
    if found.state in AT_COURT or (found.state == Court.POSSIBLE and found.joined):
        raise ValidationError(
            _(
                "The court is to confirm the agreement: archive the case once that has come to its end."
            )
        )
    if found.state == Court.POSSIBLE:
        _stop_all(found, by=by, at=at)
        press(found, "run_out", by=by, at=at)


def run_out_late(*, by: Actor = SYSTEM, at: datetime) -> int:
    """Record it of every agreement whose 30 days are over; return of how many."""
    late = list(queries.late_confirmations(at))
    for confirmation in late:
        with suppress(MoveLost), transaction.atomic():  # pressed in the same moment
            run_out(confirmation, by=by, at=at)
    return len(late)

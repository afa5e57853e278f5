"""Rounds are made from plans, handed over, opened to volunteers, withdrawn; a day later little is left."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import User
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.ids import new_receipt_code
from gongzhi.base.moves import permitted, shift
from gongzhi.base.text import clean
from gongzhi.deadlines.queries import default_days
from gongzhi.patrol import queries, rules
from gongzhi.patrol.clocks import DAY
from gongzhi.patrol.models import Plan, Round, Spot, Stop
from gongzhi.patrol.states import ROUND

of_round = permitted(ROUND, rules)


@transaction.atomic
def make_rounds(day: date, *, by: Actor, at: datetime) -> int:
    """Make the rounds of a day from the plans that run; return how many.  Done twice, it adds nothing."""
    if not rules.may_begin(by):
        raise PermissionDenied(_("Only the system does this."))
    made, days = 0, default_days()
    for plan in queries.running().exclude(rounds__day=day):
        if plan.rhythm.due(day, days):
            made += _make(plan, day, by, at)
    return made


def _make(plan: Plan, day: date, by: Actor, at: datetime) -> bool:
    """Make the round of a plan; spots that are closed or out of use are left out of it."""
    spots = [spot for spot in queries.spots(plan) if _stands(spot, day)]
    if not spots:
        return False
    fresh, is_new = Round.objects.get_or_create(plan=plan, day=day, defaults={"chain": plan.chain})
    if not is_new:
        return False
    Stop.objects.bulk_create(
        Stop(
            round=fresh,
            rank=n,
            day=day,
            chain=spot.where.path,
            place=spot.place,
            asset=spot.asset,
        )
        for n, spot in enumerate(spots, start=1)
    )
    facts = {"plan": plan.pk.hex, "day": day.isoformat(), "stops": len(spots)}
    record(fresh, verb="round.make", by=by, at=at, first=True, facts=facts)
    return True


def _stands(spot: Spot, day: date) -> bool:
    gone = spot.where.valid_to is not None and spot.where.valid_to <= day
    return not gone and (spot.asset is None or spot.asset.is_standing)


@of_round
def hand_over(of: Round, *, to: User, by: Actor, at: datetime) -> None:
    """Hand a round to a colleague, who alone has it then; forgotten when the day is over.

    :raises ValidationError: somebody who fills no such post or office around
    """
    if not queries.colleagues(of, at).filter(pk=to.pk).exists():
        raise ValidationError(
            {"to": _("Choose a colleague who fills such a post here or next to it.")}
        )
    shift(of, ROUND, ROUND["hand_over"], holder=to)
    record(of, verb="round.hand_over", by=by, at=at, told={"to": to.name_zh})


@of_round
def open_up(of: Round, *, by: Actor, at: datetime) -> None:
    """Open a round to volunteers by a link that holds for its day.

    :raises ValidationError: its day is over
    """
    if of.day < localdate(at):
        raise ValidationError(_("The day of this round is over."))
    shift(of, ROUND, ROUND["open_up"], opened=new_receipt_code())
    record(of, verb="round.open_up", by=by, at=at)


@of_round
def shut(of: Round, *, by: Actor, at: datetime) -> None:
    """Close a round to volunteers: its link opens nothing any more."""
    shift(of, ROUND, ROUND["shut"], opened=None)
    record(of, verb="round.shut", by=by, at=at)


@of_round
def withdraw(of: Round, *, reason: str, by: Actor, at: datetime) -> None:
    """Withdraw a round; whoever walks it reads the reason.

    :raises ValidationError: no reason
    """
    said = clean(reason)
    if not said:
        raise ValidationError({"reason": _("Write why, in a few words.")})
    shift(of, ROUND, ROUND["withdraw"], reason=text.first_line(said, 200), opened=None)
    record(of, verb="round.withdraw", by=by, at=at, told={"reason": said})


@transaction.atomic
def forget_rounds(today: date, *, by: Actor, at: datetime) -> int:  # noqa: ARG001  it is asked alike of all
    """Forget who had rounds, and the links of volunteers, a day after; return of how many rounds.

    The day between is for devices that had no network.
    """
    if not rules.may_begin(by):
        raise PermissionDenied(_("Only the system does this."))
    held = Q(holder__isnull=False) | Q(opened__isnull=False)
    return Round.objects.filter(held, day__lt=today - DAY).update(holder=None, opened=None)

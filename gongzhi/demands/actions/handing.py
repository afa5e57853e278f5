"""What is handed over is a look that the person reads: at once, or from the day that a law allows."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Role
from gongzhi.audit.actions import look, record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.queries import history
from gongzhi.base import text
from gongzhi.base.moves import MoveRefused, permitted, shift
from gongzhi.base.seal import seal
from gongzhi.demands import queries, rules
from gongzhi.demands.actions.deciding import of_demand, press, say, untold_fault, with_words
from gongzhi.demands.models import Deferral, Demand
from gongzhi.demands.states import DEFERRAL, OPEN, Notice
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.models import Matter
from gongzhi.matters.words import ORDERED
from gongzhi.notices.actions import tell_requester
from gongzhi.parties.actions import erase

of_deferral = permitted(DEFERRAL, rules)


@of_demand
def hand_over(demand: Demand, *, received_by: str, by: Actor, at: datetime) -> None:
    """Hand over what was approved; the person is told now, or later where a law forbids it until then.

    :raises ValidationError: nobody named who received it
    :raises MoveRefused: the matter is erased: nothing is left to hand over
    """
    if demand.matter.is_erased:
        raise MoveRefused(_("Everything in this matter was erased: nothing is left to hand over."))
    sealed = with_words(demand, received_by=worded(received_by, longest=200))
    facts = {"parts": demand.parts}
    done = {"handed_by": by.id, "handed_at": at, "ended_at": at, "sealed": sealed}
    press(demand, "hand_over", by=by, at=at, facts=facts, **done)
    until = demand.untold_until
    if until and until > localdate(at):
        Deferral.objects.create(demand=demand, until=until, ground=demand.untold_ground)
    else:
        _tell(demand, by=by, at=at)


@transaction.atomic
def fetch(demand: Demand, *, by: Actor, at: datetime) -> bytes:
    """Return what was handed over as a file (ZIP), and record that it was written."""
    if not rules.may_fetch(by, demand, at):
        raise PermissionDenied(
            _("Only the data officer of the place can write it to a file, within 24 hours.")
        )
    made = queries.parcel(demand)
    record(demand, verb="demand.fetch", by=by, at=at, facts={"n_bytes": len(made)})
    return made


@of_deferral
def prolong(deferral: Deferral, *, until: date, ground: str, by: Actor, at: datetime) -> None:
    """Put off telling the person until another day, by the law that still forbids it.

    :raises ValidationError: no law; the day has passed or is too far
    """
    ground = text.clean(ground)
    if fault := untold_fault(until, ground, at):
        raise ValidationError({"until": fault})
    Deferral(demand=deferral.demand, until=until, ground=ground).clean_fields()
    move = DEFERRAL["prolong"]
    shift(deferral, DEFERRAL, move, until=until, ground=ground, reminded_on=None)
    facts = {"until": until.isoformat()}
    record(deferral.demand, verb="demand.prolong", by=by, at=at, facts=facts, told={"law": ground})


@of_deferral
def tell(deferral: Deferral, *, by: Actor, at: datetime) -> None:
    """Tell the person what was handed over, when, and why they are told only now."""
    shift(deferral, DEFERRAL, DEFERRAL["tell"])
    _tell(deferral.demand, by=by, at=at)


def _tell(demand: Demand, *, by: Actor, at: datetime) -> None:
    """Let the person read the look of whoever handed it over, at the time it was."""
    handed = history(demand.pk).filter(verb="demand.hand_over").last()
    who = Actor(demand.handed_by, handed.by_label) if handed else by
    look(demand.matter_id, purpose=ORDERED, by=who, at=demand.handed_at or at)
    record(demand, verb="demand.tell", by=by, at=at)
    tell_requester(demand.matter, verb="demands_tell", by=SYSTEM, at=at)


def review(*, by: Actor, at: datetime) -> int:
    """Tell who may be told from today on, and remind of those soon; return how many were told.

    Nobody has to press for a person to be told; to put it off again somebody has to.
    """
    if not rules.may_review(by):
        raise PermissionDenied
    today, told = localdate(at), 0
    for deferral in queries.due(today):
        if deferral.until <= today:
            tell(deferral, by=by, at=at)
            told += 1
        else:
            Deferral.objects.filter(pk=deferral.pk).update(reminded_on=today)
            say(deferral.demand, "demands.review", Role.LEADER, by=by, at=at)
    return told


@transaction.atomic
def forget(matter: Matter, *, by: Actor, at: datetime) -> int:
    """Erase what orders about an erased ``matter`` said, with their papers; return of how many.

    That there was one, its ground and outcome stay; what is open or not told yet waits.
    """
    if not rules.may_forget(by):
        raise PermissionDenied
    done = Demand.objects.filter(matter=matter).exclude(state__in=OPEN)
    done = done.exclude(deferral__state=Notice.DEFERRED)
    for demand in done:
        erase(demand.pk, by=by, at=at)
        Demand.objects.filter(pk=demand.pk).update(sealed=seal({}, demand.pk.hex))
        record(demand, verb="demand.forget", by=by, at=at)
    return len(done)

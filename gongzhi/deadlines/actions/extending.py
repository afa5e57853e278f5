"""More time: asked for with a reason, approved or denied by somebody named."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost
from gongzhi.deadlines.actions.writing import reckon, sentences, still_runs, worded
from gongzhi.deadlines.clocks import Refused, limit_of
from gongzhi.deadlines.models import Clock, Extension, Ruling


@transaction.atomic
def extend(
    clock: Clock, *, value: int, unit: str, reason: str, by: Actor, at: datetime
) -> Extension:
    """Ask for more time with a reason.

    :raises ValidationError: the clock has ended or is over, the rule allows less or none, or more
        time has been asked for already
    """
    words = worded(reason)
    still_runs(clock, at)
    with sentences():
        more = limit_of(value, unit)
        _check_allowed(clock, value, unit)
    asked = Extension(
        clock=clock, value=more.value, unit=more.unit, reason=words, asked_at=at, asked_by=by.label
    )
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as twice:
        raise ValidationError(_("More time has been asked for already.")) from twice
    facts = {"value": more.value, "unit": more.unit}
    record(clock, verb="extend", by=by, at=at, facts=facts, told={"reason": words})
    return asked


def _check_allowed(clock: Clock, value: int, unit: str) -> None:
    if clock.sense == "before":
        raise Refused(_("What is counted back from an event is neither paused nor extended."))
    rule = clock.rule
    if rule is None:
        return
    if rule.more_value is None:
        raise ValidationError(_("The rule of this clock knows no extension."))
    if unit != rule.more_unit or value > rule.more_value:
        raise ValidationError(
            _("The rule allows at most %(value)s more, counted in the unit “%(unit)s”.")
            % {"value": rule.more_value, "unit": rule.more_unit}
        )
    if Extension.objects.filter(clock=clock, state=Ruling.APPROVED).exists():
        raise ValidationError(_("The rule allows more time once, and it was granted."))


@transaction.atomic
def grant(
    extension: Extension, *, approver: str, ruling: str = "", by: Actor, at: datetime
) -> None:
    """Approve more time: it is added to the date as it stands; the approver is named.

    :raises ValidationError: the limit is over, or nobody is named
    :raises MoveLost: it was ruled on already
    """
    clock = extension.clock
    still_runs(clock, at)
    old = clock.due_at
    _rule(extension, Ruling.APPROVED, approver, ruling, at)
    with sentences():
        reckon(clock, is_plain=False)
    facts = {"old": old.isoformat(), "due_at": clock.due_at.isoformat()}
    record(clock, verb="grant", by=by, at=at, facts=facts, told={"approver": extension.approver})


@transaction.atomic
def deny(extension: Extension, *, approver: str, ruling: str, by: Actor, at: datetime) -> None:
    """Deny more time, with the reason; the date stays.

    :raises ValidationError: there is no reason, or nobody is named
    :raises MoveLost: it was ruled on already
    """
    _rule(extension, Ruling.DENIED, approver, worded(ruling), at)
    told = {"approver": extension.approver, "reason": extension.ruling}
    record(extension.clock, verb="deny", by=by, at=at, told=told)


def _rule(extension: Extension, state: str, approver: str, ruling: str, at: datetime) -> None:
    who = approver.strip()[:120]
    if not who:
        raise ValidationError(_("Name who approves or denies it."))
    new = {"state": state, "approver": who, "ruling": ruling.strip()[:500], "ruled_at": at}
    asked = Extension.objects.filter(pk=extension.pk, state=Ruling.ASKED)
    if not asked.update(**new):
        raise MoveLost(_("This was ruled on already."))
    for name, value in new.items():
        setattr(extension, name, value)

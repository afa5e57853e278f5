"""What mediators are paid, and files reviewed from outside their committee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.moves import MoveLost, action
from gongzhi.base.rows import insert
from gongzhi.matters.objects import refuse_persons
from gongzhi.mediation import queries, rules
from gongzhi.mediation.models import Allowance, Case, Check, Review
from gongzhi.mediation.states import ONLY_HEAD, State


def allow(case: Case, *, by: Actor, at: datetime) -> int:
    """Put what its mediators get for a case that ended on the list; return for how many.

    Several share what the case is worth.
    """
    mediators = [one.mediator for one in case.mediators]
    for mediator in mediators:
        share = queries.worth(case.kind) // len(mediators)
        made = Allowance(mediator=mediator, case=case, amount_cny=share, due_at=at)
        insert(made)
        record(made, verb="allowance.allow", by=by, at=at, first=True, facts={"cny": share})
    return len(mediators)


@transaction.atomic
def pay(allowance: Allowance, *, on: date, by: Actor, at: datetime) -> None:
    """Record the day on which it was paid.

    :raises ValidationError: a day to come
    :raises MoveLost: it was recorded already
    """
    if not rules.may_pay(by, allowance):
        raise PermissionDenied(ONLY_HEAD)
    if on > localdate(at):
        raise ValidationError({"on": _("This day has not come yet.")})
    if not Allowance.objects.filter(pk=allowance.pk, paid_on=None).update(paid_on=on):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    allowance.paid_on = on
    record(allowance, verb="allowance.pay", by=by, at=at, facts={"on": on.isoformat()})


@action
def review(case: Case, *, kept: Sequence[str], remark: str = "", by: Staff, at: datetime) -> Review:
    """Review how a file was kept: every `Check` is kept or broken, and a remark on the procedure.

    :raises ValidationError: not ended, reviewed already, or a remark about a person
    """
    if not rules.may_review(by, case):
        raise PermissionDenied(
            _("A file is reviewed by an inspector or the justice office, not by its committee.")
        )
    if case.state not in (State.ENDED, State.ARCHIVED):
        raise ValidationError(_("A file is reviewed once its case has ended."))
    words = text.clean(remark)[:500]
    refuse_persons(words)
    broken = [check for check in Check.values if check not in kept]
    made = Review(case=case, reviewer_id=by.id, kept=list(kept), broken=broken, remark=words, at=at)
    try:
        with transaction.atomic():
            insert(made)
    except IntegrityError as twice:
        raise ValidationError(_("This file was reviewed already.")) from twice
    record(case, verb="case.review", by=by, at=at, facts={"kept": len(kept), "broken": len(broken)})
    return made

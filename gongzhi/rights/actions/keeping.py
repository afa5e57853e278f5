"""What is over its time is erased; a hold keeps it, with its ground."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import forget_looks, record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.jobs.actions import drop
from gongzhi.matters import actions as matters
from gongzhi.matters.models import Matter, MatterQuerySet
from gongzhi.rights import queries, rules
from gongzhi.rights.models import Hold, SubjectRequest, Sweep, Term
from gongzhi.rights.purposes import Goes, declared
from gongzhi.rights.states import ONLY_OFFICER, Sort, State

BATCH = 200


def sweep(*, by: Actor, at: datetime) -> Sweep:
    """Erase what is over its time and not held, and keep how much; each matter for itself."""
    if not rules.may_sweep(by):
        raise PermissionDenied
    held = queries.foreseen(at).held
    made = Sweep(at=at, held=held)
    made.contacts, lost = _each(queries.contacts_over(at), matters.forget_contact, by, at)
    made.matters, more = _each(queries.words_over(at), matters.erase, by, at)
    made.lost = lost + more
    day = queries.months_after(localdate(at), -12 * queries.LOOKS_YEARS)
    made.looks = forget_looks(
        before=at.replace(year=day.year, month=day.month, day=day.day), by=by, at=at
    )
    made.save(force_insert=True)
    return made


def _each(found: MatterQuerySet, act: Any, by: Actor, at: datetime) -> tuple[int, int]:
    """Do it to each of those found that nothing holds; return to how many, and how many were moved meanwhile."""
    done, lost = 0, set[UUID]()
    while some := list(queries.unheld(found, at).exclude(pk__in=lost)[:BATCH]):
        for matter in some:
            try:
                act(matter, by=by, at=at)
                done += 1
            except MoveLost:
                lost.add(matter.pk)
    return done, len(lost)


def forget_beside(matter: UUID, *, contact_only: bool, by: Actor, at: datetime) -> int:
    """Let go what other apps hold of a matter that was erased, as `purposes` declares; return how many rows.

    With ``contact_only`` what goes with the contact alone.
    """
    if not rules.may_sweep(by):
        raise PermissionDenied
    n = 0
    for row in declared():
        whole = row.goes in (Goes.ROWS, Goes.SENT, Goes.EMPTY) and not contact_only
        if row.goes != Goes.CONTACT and not whole:
            continue
        found = apps.get_model(row.model)._default_manager.filter(**{row.path: matter})
        if row.goes == Goes.SENT:
            found = found.filter(sent_at__isnull=False)
        if row.goes == Goes.EMPTY:
            n += found.update(**dict.fromkeys(row.fields, ""))
        else:
            gone = list(found.values_list("pk", flat=True))
            n += found.delete()[0]
            drop(
                (key for key in gone if isinstance(key, UUID)), by=by, at=at
            )  # what waits to be sent
    if not contact_only:  # of what they asked, only which was granted or refused is left
        asked = SubjectRequest.objects.filter(matter=matter, sealed__isnull=False)
        erased = Q(sort=Sort.DELETE, state=State.GRANTED)  # whose answer is what the person reads
        n += asked.exclude(erased).update(sealed=None)
    return n


@transaction.atomic
def hold(matter: Matter, *, ground: str, until: date, by: Actor, at: datetime) -> Hold:
    """Keep everything of ``matter`` from being erased, on a ground in law, until a day at most.

    :raises ValidationError: no ground; the day has passed; it is held already; nothing is left of it
    """
    if not rules.may_hold(by, matter):
        raise PermissionDenied(ONLY_OFFICER)
    if matter.is_erased:
        raise ValidationError(_("Nothing is left of this matter that could be held."))
    if until <= localdate(at):
        raise ValidationError({"until": _("This day has passed: choose a later one.")})
    Hold.objects.filter(matter=matter, lifted_at=None, until__lt=localdate(at)).update(lifted_at=at)
    made = Hold(matter=matter, ground=text.clean(ground), until=until, by_label=by.label, at=at)
    made.full_clean()
    made.save(force_insert=True)
    record(made, verb="hold.hold", by=by, at=at, first=True, facts={"until": until.isoformat()})
    return made


@transaction.atomic
def lift(held: Hold, *, by: Actor, at: datetime) -> None:
    """Lift a hold: what is over its time is erased in the next night."""
    if not rules.may_lift(by, held):
        raise PermissionDenied(ONLY_OFFICER)
    if not Hold.objects.filter(pk=held.pk, lifted_at=None).update(lifted_at=at):
        raise MoveRefused(_("This hold was lifted already."))
    record(held, verb="hold.lift", by=by, at=at)


@transaction.atomic
def set_term(
    *,
    kind_code: str,
    result: str,
    contact_days: int,
    words_months: int,
    ground_zh: str,
    ground_en: str = "",
    by: Actor,
    at: datetime,
) -> Term:
    """Say how long is kept what was raised as a kind and ended with a result; empty means any.

    :raises ValidationError: too short to be opened again and appealed, or too long to be needed; no ground
    """
    if not rules.may_set(by):
        raise PermissionDenied(ONLY_OFFICER)
    said: dict[str, Any] = {
        "contact_days": contact_days,
        "words_months": words_months,
        "ground_zh": text.clean(ground_zh),
        "ground_en": text.clean(ground_en),
    }
    key: dict[str, Any] = {"kind_code": kind_code, "result": result}
    Term(**key, **said).clean_fields()
    term, _is_new = Term.objects.update_or_create(**key, defaults=said)
    facts = key | {"contact_days": contact_days, "words_months": words_months}
    record(term, verb="term.set", by=by, at=at, facts=facts, told={"ground": said["ground_zh"]})
    return term

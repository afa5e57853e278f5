"""An office's system asks for an item; the office that owns it decides; in time a use ends by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base.moves import MoveLost, MoveRefused, permitted, shift
from gongzhi.sharing import rules
from gongzhi.sharing.limits import check_words
from gongzhi.sharing.models import Item, System, Use
from gongzhi.sharing.states import USE, UseState

of_use = permitted(USE, rules)
LONGEST = timedelta(days=3 * 366)


@transaction.atomic
def ask(
    item: Item,
    *,
    system: System,
    purpose: str,
    ground: str,
    article: str = "",
    one_by_one: bool = False,
    since: date,
    until: date,
    by: Actor,
    at: datetime,
) -> Use:
    """Ask for the use of an item by a system, for a purpose, on a legal ground, until a day.

    :raises ValidationError: persons in bulk; a purpose that speaks of people under watch; over
        already, or for more than three years; the system has it or holds it already
    """
    if not rules.may_ask(by, system):
        raise PermissionDenied(
            _("Only the head of the office that the system serves, or the data officer, may ask.")
        )
    if not item.is_listed:
        raise MoveRefused(_("This item is not on the list any more."))
    _check_bulk(item, one_by_one=one_by_one)
    _check_asked(item, system, purpose)
    _check_time(since, until, localdate(at))
    use = Use(
        item=item,
        edition=item.editions.get(number=item.edition),
        system=system,
        purpose=purpose,
        ground=ground,
        article=article,
        one_by_one=one_by_one,
        since=since,
        until=until,
        asked_by=by.id,
        asked_at=at,
    )
    use.full_clean()
    use.save(force_insert=True)
    facts = {
        "item": item.code,
        "edition": item.edition,
        "system": system.code,
        "until": until.isoformat(),
        "one_by_one": one_by_one,
    }
    record(use, verb="use.ask", by=by, at=at, first=True, facts=facts, told={"text": purpose})
    return use


def _check_bulk(item: Item, *, one_by_one: bool) -> None:
    if item.by_person and not one_by_one:
        raise ValidationError(
            {
                "one_by_one": _(
                    "The entries of this item are found by who a person is: they are never handed "
                    "over in bulk. Ask for one entry at a time, for that person's own matter; or ask "
                    "the office for a figure without persons."
                )
            },
            code="bulk",
        )


def _check_time(since: date, until: date, today: date) -> None:
    if until < today or until < since:
        raise ValidationError({"until": _("This day has passed, or lies before the first.")})
    if until - since > LONGEST:
        raise ValidationError({"until": _("A use is agreed on for three years at most.")})


def _check_asked(item: Item, system: System, purpose: str) -> None:
    check_words(purpose)
    if system.pk == item.system_id:
        raise ValidationError({"system": _("This system holds the item itself.")})
    open_ones = item.uses.filter(system=system, purpose=purpose)
    if open_ones.filter(state__in=[UseState.ASKED, UseState.APPROVED]).exists():
        raise ValidationError(
            {"purpose": _("This system has the item for this purpose, or has asked for it.")}
        )


@of_use
def approve(use: Use, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Approve the use of an item as it was asked for.

    :raises MoveRefused: the item has changed or is off the list, or the time asked for has passed
    """
    item = use.item
    if not item.is_listed or use.edition_id != item.editions.get(number=item.edition).pk:
        raise MoveRefused(
            _("The item has changed since it was asked for. Refuse it, and let them ask anew.")
        )
    _check_bulk(item, one_by_one=use.one_by_one)
    if use.is_expired(localdate(at)):
        raise MoveRefused(_("The time for which it was asked has passed. Refuse it."))
    _rule(use, "approve", reason, by, at)


@of_use
def refuse(use: Use, *, reason: str, by: Actor, at: datetime) -> None:
    """Refuse the use of an item, with a reason."""
    _rule(use, "refuse", _worded(reason), by, at)


@of_use
def end(use: Use, *, reason: str, by: Actor, at: datetime) -> None:
    """End a use, or take back what was asked, with a reason: nothing more moves."""
    _rule(use, "end", _worded(reason), by, at)


def _worded(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    return reason.strip()


def _rule(use: Use, move: str, reason: str, by: Actor, at: datetime) -> None:
    shift(use, USE, USE[move], decided_at=at, reason=reason[:500])
    told = {"text": reason} if reason else {}
    record(use, verb=f"use.{move}", by=by, at=at, facts={"state": use.state}, told=told)


def expire(*, by: Actor, at: datetime) -> int:
    """End the uses whose time has passed; return how many."""
    if by != SYSTEM:
        raise PermissionDenied(_("Time alone does this."))
    late = Use.objects.filter(state=UseState.APPROVED, until__lt=localdate(at))
    n = 0
    for use in late.select_related("item", "system").order_by("until", "pk"):
        try:
            end(use, reason=_("Its time has passed."), by=by, at=at)
        except (MoveLost, MoveRefused):  # somebody ended it meanwhile
            continue
        n += 1
    return n

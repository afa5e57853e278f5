"""Items are listed, changed by a new edition, taken off, renewed and checked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused, permitted, shift
from gongzhi.sharing import rules
from gongzhi.sharing.limits import check_fields, check_words
from gongzhi.sharing.models import Check, Edition, Item
from gongzhi.sharing.states import ITEM, UseState

of_item = permitted(ITEM, rules)
# What is agreed on with those who use an item, so what makes a new edition of it.
PLAIN = (
    *("name_zh", "name_en", "description_zh", "description_en", "theme", "object", "by_person"),
    *("fields", "origin", "period", "retention_months", "retention_ground", "ground", "article"),
    *("is_public", "licence", "address"),
)
MOST_FIELDS = 200


@transaction.atomic
def add_item(*, code: str, from_day: date, by: Actor, at: datetime, **says: Any) -> Item:
    """List an item; ``says`` are the columns of `Item` that its form asks for.

    :raises ValidationError: the code is taken, it speaks of people under watch, has a field that
        nothing here may have, or tells who a person is without saying so
    """
    rules.check(by)
    item = Item(code=code, from_day=from_day, changed_at=at, **says)
    _check(item, at)
    item.save(force_insert=True)
    _keep_edition(item)
    record(item, verb="item.add", by=by, at=at, first=True, facts=_facts(item))
    return item


@of_item
def change(item: Item, /, *, from_day: date, by: Actor, at: datetime, **says: Any) -> None:
    """Let an item say something else from a day on: a new edition, if it says anything else.

    Those who use it keep what was agreed on until they ask again.

    :raises ValidationError: as `add_item`; or the day lies before that of the last edition
    """
    before, last_day = _says(item), item.from_day
    for name, value in says.items():
        setattr(item, name, value)
    item.from_day = from_day
    if from_day < last_day:
        raise ValidationError(
            {"from_day": _("The last edition is of a later day: choose that day or a later one.")}
        )
    _check(item, at)
    is_new = _says(item) != before
    changes = {name: getattr(item, name) for name in says} | {
        "from_day": from_day if is_new else last_day,
        "edition": item.edition + is_new,
        "erase_by": item.erase_by,
        "changed_at": at,
    }
    shift(item, ITEM, ITEM["change"], **changes)
    if is_new:
        _keep_edition(item)
    record(item, verb="item.change", by=by, at=at, facts=_facts(item))


@of_item
def withdraw(item: Item, *, by: Actor, at: datetime) -> None:
    """Take an item off the list.

    :raises MoveRefused: somebody uses it or asks for it
    """
    if item.uses.filter(state__in=[UseState.ASKED, UseState.APPROVED]).exists():
        raise MoveRefused(_("It is in use: end its uses first, so that each office knows."))
    shift(item, ITEM, ITEM["withdraw"], changed_at=at)
    record(item, verb="item.withdraw", by=by, at=at)


@transaction.atomic
def note_renewal(
    item: Item, *, refreshed_on: date, oldest_on: date | None, by: Actor, at: datetime
) -> None:
    """Note on which day an item was renewed, and of which day its oldest entry is.

    :raises ValidationError: a day to come, or an oldest entry younger than the renewal
    """
    _may_note(item, by)
    _not_to_come(at, refreshed_on=refreshed_on)
    item.refreshed_on, item.oldest_on, item.changed_at = refreshed_on, oldest_on, at
    item.erase_by = _erase_by(item)
    item.validate_constraints()
    item.save(update_fields=["refreshed_on", "oldest_on", "erase_by", "changed_at"])
    facts = {"refreshed_on": refreshed_on.isoformat()}
    record(item, verb="item.renew", by=by, at=at, facts=facts)


@transaction.atomic
def note_check(item: Item, *, name: str, passed: bool, on: date, by: Actor, at: datetime) -> None:
    """Note the result of a quality check of an item; a check of the same name is replaced.

    :raises ValidationError: no name, one that speaks of people under watch, or a day to come
    """
    _may_note(item, by)
    _not_to_come(at, on=on)
    check_words(name)
    row = Check.objects.filter(item=item, name=name).first() or Check(item=item, name=name)
    row.passed, row.on = passed, on
    row.full_clean()
    row.save()
    facts = {"passed": passed, "on": on.isoformat()}
    record(item, verb="item.check", by=by, at=at, facts=facts, told={"text": name})


def _may_note(item: Item, by: Actor) -> None:
    if not rules.may_note(by, item):
        raise PermissionDenied(
            _("Only the office that owns the item, or who keeps the catalogue, may note this.")
        )


def _check(item: Item, at: datetime) -> None:
    """Refuse what an item may not be, and reckon until when its oldest entries may be kept."""
    check_words(item.name_zh, item.name_en, item.description_zh, item.description_en)
    if not item.fields or len(item.fields) > MOST_FIELDS:
        raise ValidationError({"fields": _("Name 1 to 200 fields, one on each line.")})
    try:
        check_fields(item.fields, by_person=item.by_person)
    except ValidationError as fault:
        raise ValidationError({"fields": fault}) from fault
    _not_to_come(at, from_day=item.from_day, refreshed_on=item.refreshed_on)
    item.full_clean()
    item.erase_by = _erase_by(item)


def _not_to_come(at: datetime, **days: date | None) -> None:
    for name, day in days.items():
        if day and day > localdate(at):
            raise ValidationError({name: _("This day has not come yet.")})


def _erase_by(item: Item) -> date | None:
    """Return the day until which the oldest entry may be kept: so many months after its own."""
    if item.oldest_on is None:
        return None
    months = item.oldest_on.month - 1 + item.retention_months
    year, month = item.oldest_on.year + months // 12, months % 12 + 1
    first_after = date(year + month // 12, month % 12 + 1, 1)
    last = date.fromordinal(first_after.toordinal() - 1).day
    return date(year, month, min(item.oldest_on.day, last))


def _says(item: Item) -> dict[str, Any]:
    links = {"system": item.system.code, "office": item.office.code}
    concept = item.concept.code if item.concept else ""
    return {name: getattr(item, name) for name in PLAIN} | links | {"concept": concept}


def _keep_edition(item: Item) -> None:
    Edition.objects.create(item=item, number=item.edition, from_day=item.from_day, says=_says(item))


def _facts(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "edition": item.edition,
        "office": item.office.code,
        "object": item.object,
        "by_person": item.by_person,
    }

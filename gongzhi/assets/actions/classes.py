"""What classes of assets there are."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.assets import rules
from gongzhi.assets.models import AssetClass
from gongzhi.assets.objects import refuse_no_thing
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor

SEED = Path(__file__).parent.parent / "seeds" / "classes.csv"


@transaction.atomic
def add_class(
    *, code: str, name_zh: str, name_en: str, source: str, by: Actor, at: datetime
) -> AssetClass:
    """Add a minor class.

    :raises ValidationError: the code is none or taken, or the name speaks of persons or homes
    """
    _allow(by)
    row = AssetClass(code=code, name_zh=name_zh, name_en=name_en, source=source)
    _check(row)
    row.save(force_insert=True)
    record(row, verb="asset_class.add", by=by, at=at, first=True, facts=_facts(row))
    return row


@transaction.atomic
def change_class(
    row: AssetClass,
    *,
    name_zh: str,
    name_en: str,
    source: str,
    is_active: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Change what a class is called, or take it off the list for new assets.

    :raises ValidationError: the name speaks of persons or homes
    """
    _allow(by)
    row.name_zh, row.name_en, row.source = name_zh, name_en, source
    row.is_active = is_active
    _check(row)
    row.save(update_fields=["name_zh", "name_en", "source", "is_active"])
    record(row, verb="asset_class.change", by=by, at=at, facts=_facts(row))


@transaction.atomic
def seed_classes(*, by: Actor, at: datetime) -> int:
    """Add the classes of the seed that are not there yet; return how many."""
    _allow(by)
    known = set(AssetClass.objects.values_list("code", flat=True))
    with SEED.open(encoding="utf-8", newline="") as file:
        fresh = [line for line in csv.DictReader(file) if line["code"] not in known]
    for line in fresh:
        add_class(**line, by=by, at=at)
    return len(fresh)


def _allow(by: Actor) -> None:
    if not rules.may_class(by):
        raise PermissionDenied(_("Only an administrator may change the classes of assets."))


def _check(row: AssetClass) -> None:
    refuse_no_thing(f"{row.name_zh}\n{row.name_en}")
    row.full_clean()


def _facts(row: AssetClass) -> dict[str, object]:
    names = ("code", "name_zh", "name_en", "source", "is_active")
    return {name: getattr(row, name) for name in names}

"""The catalogue: editions are added and delisted, never changed in place."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.matters import rules
from gongzhi.matters.models import Kind, KindClass, Object
from gongzhi.matters.objects import refuse_persons

WORDS = ["name_zh", "name_en", "hint_zh", "hint_en", "evidence", "evidence_en", "keywords"]
COLUMNS = [
    "class_code",
    "class_zh",
    "class_en",
    "code",
    "name_zh",
    "name_en",
    "object",
    "office_duty",
    "level",
    "limit_value",
    "limit_unit",
    "urgent_limit_value",
    "urgent_limit_unit",
    "inspect",
    "public",
    "settle",
    "danger",
    "sealed",
    "listed_on",
    "ground_source",
]
SEED = Path(__file__).parents[1] / "seeds" / "catalogue.csv"


@transaction.atomic
def list_kind(
    kind_class: KindClass, *, code: str, listed_on: date, by: Actor, at: datetime, **says: Any
) -> Kind:
    """List a kind from a day on; the edition in force before ends on that day.

    :raises ValidationError: an object that is not allowed, words of persons, no limit, dates crossed
    """
    if not rules.may_list(by):
        raise PermissionDenied(_("Only an administrator may change the catalogue."))
    for name in WORDS:
        refuse_persons(says.get(name, ""))
    last = Kind.objects.filter(code=code).order_by("-edition").first()
    kind = Kind(
        kind_class=kind_class,
        code=code,
        edition=last.edition + 1 if last else 1,
        listed_on=listed_on,
        **says,
    )
    kind.full_clean()
    if code == settings.COMPLAINT_KIND and (kind.public or not kind.sealed):
        raise ValidationError(_("Complaints about an office stay sealed and off the board."))
    if last and last.listed_on >= listed_on:
        raise ValidationError(_("A new edition begins after the one before it."))
    if last and (last.delisted_on is None or last.delisted_on > listed_on):
        _end(last, listed_on, by, at)
    kind.save(force_insert=True)
    facts = {"code": code, "edition": kind.edition, "listed_on": listed_on.isoformat()}
    record(kind, verb="kind.list", by=by, at=at, first=True, facts=facts)
    return kind


@transaction.atomic
def delist(kind: Kind, *, on: date, by: Actor, at: datetime) -> None:
    """Let an edition end on a day; matters filed under it keep it.

    :raises ValidationError: a day before it was listed, or a kind that must always be listed
    """
    if not rules.may_list(by):
        raise PermissionDenied(_("Only an administrator may change the catalogue."))
    if kind.code in {settings.COMPLAINT_KIND, settings.FALLBACK_KIND}:
        raise ValidationError(
            _("What fits nothing else is filed under this kind: list a new edition instead.")
        )
    _end(kind, on, by, at)


def _end(kind: Kind, on: date, by: Actor, at: datetime) -> None:
    if on <= kind.listed_on:
        raise ValidationError(_("A kind ends on a day after it was listed."))
    kind.delisted_on = on
    kind.save(update_fields=["delisted_on"])
    record(kind, verb="kind.delist", by=by, at=at, facts={"on": on.isoformat()})


@dataclass(slots=True)
class Listed:
    """What came of a catalogue file: editions added, kinds as they were, rows refused and why."""

    n_added: int = 0
    n_same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_catalogue(
    rows: Iterable[tuple[int, dict[str, str]]], *, by: Actor, at: datetime
) -> Listed:
    """List the kinds of a file, in the columns of the seeds; refuse bad rows one by one.

    A kind that differs from its latest edition gets a new one from its ``listed_on``.
    """
    if not rules.may_list(by):
        raise PermissionDenied(_("Only an administrator may change the catalogue."))
    listed = Listed()
    for number, row in rows:
        try:
            with transaction.atomic():
                is_new = _list_row(row, by=by, at=at)
        except ValidationError as fault:
            listed.refused.append((number, " ".join(fault.messages)))
        else:
            listed.n_added += is_new
            listed.n_same += not is_new
    return listed


def _list_row(row: dict[str, str], *, by: Actor, at: datetime) -> bool:
    if row["object"] not in Object.values:
        raise ValidationError(
            _(
                "A kind is about a place, an asset, a service or the person's own request; "
                "never about a person, a gathering or a dwelling."
            )
        )
    try:
        says = said_in(row)
    except ValueError as fault:
        raise ValidationError(
            _("A number or a day cannot be read: %(why)s") % {"why": fault}
        ) from fault
    last = Kind.objects.filter(code=says["code"]).order_by("-edition").first()
    if last and all(
        getattr(last, name) == told for name, told in says.items() if name != "listed_on"
    ):
        return False
    group, _new = KindClass.objects.get_or_create(
        code=row["class_code"],
        defaults={
            "name_zh": row["class_zh"],
            "name_en": row["class_en"],
            "rank": KindClass.objects.count(),
        },
    )
    list_kind(group, by=by, at=at, **says)
    return True


@transaction.atomic
def seed_catalogue(*, by: Actor, at: datetime) -> int:
    """List the kinds that come with the house, where they are not there yet; return how many."""
    known = set(Kind.objects.values_list("code", flat=True))
    added = 0
    with SEED.open(encoding="utf-8", newline="") as file:
        for rank, row in enumerate(csv.DictReader(file)):
            if row["code"] in known:
                continue
            group, _new = KindClass.objects.get_or_create(
                code=row["class_code"],
                defaults={"name_zh": row["class_zh"], "name_en": row["class_en"], "rank": rank},
            )
            list_kind(group, by=by, at=at, **said_in(row))
            added += 1
    return added


def said_in(row: dict[str, str]) -> dict[str, Any]:
    """Return what a row of a catalogue file says of a kind, as `list_kind` takes it.

    :raises ValueError: a number or a date is none
    """
    same = (
        "code topic name_zh name_en hint_zh hint_en object level limit_value limit_unit"
        " urgent_unit ground ground_en evidence evidence_en keywords"
    )
    said: dict[str, Any] = {name: row[name] for name in same.split() if name in row}
    return said | {
        "duty": row["office_duty"],
        "limit_value": int(row["limit_value"]),
        "urgent_value": int(row["urgent_limit_value"]),
        "urgent_unit": row["urgent_limit_unit"],
        "inspection": row["inspect"],
        "public": row["public"] == "1",
        "settles": row["settle"] == "1",
        "danger": row["danger"] == "1",
        "sealed": row["sealed"] == "1",
        "ground_source": row["ground_source"].replace("none", ""),
        "listed_on": date.fromisoformat(row["listed_on"]),
    }

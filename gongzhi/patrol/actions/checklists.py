"""Checklists come in editions; none is ever changed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.moves import MoveLost
from gongzhi.patrol import rules
from gongzhi.patrol.models import Checklist, Line, Object
from gongzhi.patrol.objects import refuse_line
from gongzhi.places.models import Place

SEED = Path(__file__).parent.parent / "seeds" / "lines.csv"
SEED_SOURCE = "示范区自拟清单"
MOST_LINES = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """One line as it is given."""

    code: str
    text_zh: str
    text_en: str
    object: str
    kind_code: str
    ground: str


def list_checklist(
    code: str,
    *,
    name_zh: str,
    name_en: str,
    source: str,
    asked: Sequence[Asked],
    place: Place | None = None,
    by: Actor,
    at: datetime,
) -> Checklist:
    """List a checklist, or a new edition of one; ``place`` is whose it is, none: everybody's.

    :raises ValidationError: no lines, or one that asks after persons, households or homes
    :raises MoveLost: somebody else listed an edition at the same moment
    """
    before = Checklist.objects.filter(code=code).select_related("place").first()
    whose = before.place if before else place
    if not rules.may_list(by, whose.path if whose else ""):
        raise PermissionDenied(
            _(
                "Only grid leads and supervisors keep checklists of their places, administrators all."
            )
        )
    _check(name_zh, name_en, asked)
    last = Checklist.objects.filter(code=code).aggregate(last=Max("edition"))["last"] or 0
    fresh = Checklist(
        code=code,
        edition=last + 1,
        place=whose,
        name_zh=text.clean(name_zh),
        name_en=text.clean(name_en),
        source=text.clean(source),
        listed_on=localdate(at),
    )
    try:
        with transaction.atomic():
            return _store(fresh, asked, by, at)
    except IntegrityError as fault:
        raise MoveLost(_("Somebody else was first. Look again at how it stands now.")) from fault


def _store(fresh: Checklist, asked: Sequence[Asked], by: Actor, at: datetime) -> Checklist:
    fresh.full_clean(exclude=["place"], validate_unique=False, validate_constraints=False)
    fresh.save(force_insert=True)
    rows = [
        Line(
            checklist=fresh,
            code=one.code,
            rank=n,
            text_zh=text.clean(one.text_zh),
            text_en=text.clean(one.text_en),
            object=one.object,
            kind_code=one.kind_code,
            ground=text.clean(one.ground),
        )
        for n, one in enumerate(asked, start=1)
    ]
    Line.objects.bulk_create(rows)
    facts = {
        "code": fresh.code,
        "edition": fresh.edition,
        "place": fresh.place.code if fresh.place else "",
        "lines": len(rows),
    }
    record(fresh, verb="checklist.list", by=by, at=at, first=True, facts=facts)
    return fresh


def _check(name_zh: str, name_en: str, asked: Sequence[Asked]) -> None:
    if not asked:
        raise ValidationError(_("A checklist has at least one line."))
    if len(asked) > MOST_LINES:
        raise ValidationError(
            _("A checklist has at most %(most)d lines: make two of it.") % {"most": MOST_LINES}
        )
    refuse_line(f"{name_zh}\n{name_en}")
    faults = []
    for n, one in enumerate(asked, start=1):
        try:
            _check_line(one)
        except ValidationError as fault:
            faults.append(_("Line %(n)d: %(why)s") % {"n": n, "why": fault.messages[0]})
    if faults:
        raise ValidationError(faults)
    if len({one.code for one in asked}) < len(asked):
        raise ValidationError(_("Two lines have one number: give each its own."))


def _check_line(one: Asked) -> None:
    refuse_line(f"{one.text_zh}\n{one.text_en}")
    if one.object not in Object.values:
        raise ValidationError(_("A line asks after a place, an asset or a service."))


@transaction.atomic
def seed_checklists(*, by: Actor, at: datetime) -> int:
    """List the checklists of the seed that are not there yet; return how many."""
    if not rules.may_list(by, ""):
        raise PermissionDenied(
            _(
                "Only grid leads and supervisors keep checklists of their places, administrators all."
            )
        )
    known = set(Checklist.objects.values_list("code", flat=True))
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["checklist"] not in known]
    n = 0
    for code, some in groupby(rows, key=lambda row: row["checklist"]):
        given = list(some)
        asked = [
            Asked(r["code"], r["text_zh"], r["text_en"], r["object"], r["kind"], r["ground"])
            for r in given
        ]
        list_checklist(
            code,
            name_zh=given[0]["name_zh"],
            name_en=given[0]["name_en"],
            source=SEED_SOURCE,
            asked=asked,
            by=by,
            at=at,
        )
        n += 1
    return n

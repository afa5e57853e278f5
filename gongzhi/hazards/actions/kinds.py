"""The kinds of hazards, and the editions of the matrix that grades them."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.hazards import rules
from gongzhi.hazards.models import STEPS, Kind, Level, Matrix
from gongzhi.hazards.objects import refuse_no_place

SEEDS = Path(__file__).parent.parent / "seeds"


@transaction.atomic
def add_kind(code: str, *, by: Actor, at: datetime, **facts: Any) -> Kind:
    """Add a kind of hazard.

    :raises ValidationError: its code is taken, or its name speaks of persons or homes
    """
    allow(by)
    row = Kind(code=code, **facts)
    _check(row)
    row.save(force_insert=True)
    record(row, verb="hazard_kind.add", by=by, at=at, first=True, facts={"code": code} | facts)
    return row


@transaction.atomic
def change_kind(row: Kind, *, by: Actor, at: datetime, **facts: Any) -> None:
    """Change a kind, or take it off the list for new hazards; what is registered stays as graded.

    :raises ValidationError: its name speaks of persons or homes
    """
    allow(by)
    for name, value in facts.items():
        setattr(row, name, value)
    _check(row)
    row.save(update_fields=list(facts))
    record(row, verb="hazard_kind.change", by=by, at=at, facts=facts)


@transaction.atomic
def add_matrix(
    *,
    source: str,
    valid_from: date,
    likelihoods: list[list[str]],
    severities: list[list[str]],
    cells: list[list[str]],
    by: Actor,
    at: datetime,
) -> Matrix:
    """Add an edition of the matrix; hazards keep the edition under which they were graded.

    :raises ValidationError: a step has no name, a cell no level, or what is graver counts for less
    """
    allow(by)
    _whole(likelihoods, severities, cells)
    last = Matrix.objects.aggregate(n=Max("edition"), day=Max("valid_from"))
    if last["day"] and valid_from < last["day"]:
        raise ValidationError(
            {"valid_from": _("A newer edition cannot hold from before the one it follows.")}
        )
    row = Matrix(
        edition=(last["n"] or 0) + 1,
        valid_from=valid_from,
        source=source,
        likelihoods=likelihoods,
        severities=severities,
        cells=cells,
    )
    row.full_clean()
    row.save(force_insert=True)
    facts = {"edition": row.edition, "valid_from": valid_from.isoformat(), "cells": cells}
    record(row, verb="hazard_matrix.add", by=by, at=at, first=True, facts=facts)
    return row


def _whole(
    likelihoods: list[list[str]], severities: list[list[str]], cells: list[list[str]]
) -> None:
    sizes = [len(likelihoods), len(severities), len(cells), *map(len, cells)]
    named = all(pair[0].strip() for pair in (*likelihoods, *severities))
    graded = {level for row in cells for level in row} <= set(Level.values)
    if set(sizes) != {STEPS} or not named or not graded:
        raise ValidationError(_("Name five steps each, and a level for each of the 25 cells."))
    rank = [[Level.values.index(level) for level in row] for row in cells]
    if any(line != sorted(line) for line in (*rank, *map(list, zip(*rank, strict=True)))):
        raise ValidationError(
            _("What is likelier or graver must not count for less: see the rows and columns.")
        )


@transaction.atomic
def seed(*, by: Actor, at: datetime) -> int:
    """Add the kinds that come with the software and are not there, and a first matrix; return how many."""
    allow(by)
    known = set(Kind.objects.values_list("code", flat=True))
    fresh = [line for line in read("kinds.csv") if line["code"] not in known]
    for line in fresh:
        add_kind(**(line | {"is_major": line["is_major"] == "1"}), by=by, at=at)
    if not Matrix.objects.exists():
        held = json.loads((SEEDS / "matrix.json").read_text(encoding="utf-8"))
        add_matrix(**held, valid_from=localdate(at), by=by, at=at)
    return len(fresh)


def read(name: str) -> list[dict[str, Any]]:
    """Return the lines of a seed."""
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def allow(by: Actor) -> None:
    """Let administrators go on.

    :raises PermissionDenied: others
    """
    if not rules.may_manage(by):
        raise PermissionDenied(_("These pages are for administrators."))


def _check(row: Kind) -> None:
    refuse_no_place(f"{row.name_zh}\n{row.name_en}")
    row.full_clean()

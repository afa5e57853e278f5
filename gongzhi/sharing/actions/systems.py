"""Systems are entered, and the vocabulary by which items are told to ask the same."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.sharing import rules
from gongzhi.sharing.limits import check_words
from gongzhi.sharing.models import Concept, System

SEED = Path(__file__).parents[1] / "seeds" / "concepts.csv"


@transaction.atomic
def add_system(*, by: Actor, at: datetime, **says: Any) -> System:
    """Enter a system: ``code``, ``name_zh``, ``name_en``, ``office``, ``client``, ``note``.

    :raises ValidationError: the code is taken, or its words speak of people under watch
    """
    rules.check(by)
    system = System(**says)
    _write(system)
    record(system, verb="system.add", by=by, at=at, first=True, facts=_facts(system))
    return system


@transaction.atomic
def change_system(system: System, *, by: Actor, at: datetime, **says: Any) -> None:
    """Change a system: its names, its office, as what it calls here, the note.

    :raises ValidationError: its words speak of people under watch, or another calls as this client
    """
    rules.check(by)
    for name, value in says.items():
        setattr(system, name, value)
    _write(system)
    record(system, verb="system.change", by=by, at=at, facts=_facts(system))


def _write(system: System) -> None:
    check_words(system.name_zh, system.name_en, system.note)
    system.full_clean()
    system.save()


def _facts(system: System) -> dict[str, str]:
    client = system.client.account.username if system.client else ""
    return {"code": system.code, "office": system.office.code, "client": client}


@transaction.atomic
def add_concept(*, by: Actor, at: datetime, **says: Any) -> Concept:
    """Add a word to the vocabulary: ``code``, ``name_zh``, ``name_en``.

    :raises ValidationError: the code is taken, or it speaks of people under watch
    """
    rules.check(by)
    concept = Concept(**says)
    _write_concept(concept)
    record(concept, verb="concept.add", by=by, at=at, first=True, facts={"code": concept.code})
    return concept


@transaction.atomic
def change_concept(
    concept: Concept, *, name_zh: str, name_en: str, by: Actor, at: datetime
) -> None:
    """Change how a word of the vocabulary is called; its code stays.

    :raises ValidationError: it speaks of people under watch
    """
    rules.check(by)
    concept.name_zh, concept.name_en = name_zh, name_en
    _write_concept(concept)
    record(concept, verb="concept.change", by=by, at=at, facts={"code": concept.code})


def _write_concept(concept: Concept) -> None:
    check_words(concept.name_zh, concept.name_en)
    concept.full_clean()
    concept.save()


@transaction.atomic
def seed_concepts(*, by: Actor, at: datetime) -> int:
    """Add the usual words that are not there yet; return how many."""
    rules.check(by)
    known = set(Concept.objects.values_list("code", flat=True))
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] not in known]
    for row in rows:
        add_concept(**row, by=by, at=at)
    return len(rows)

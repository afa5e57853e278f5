"""Standard phrases: editions are added and delisted, never changed in place."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.matters import phrasing, rules
from gongzhi.matters.models import Kind, Phrase

SEED = Path(__file__).parents[1] / "seeds" / "phrases.csv"
WORDS = ("name_zh", "name_en", "words_zh", "words_en", "remedy_zh", "remedy_en")


@transaction.atomic
def list_phrase(
    *,
    code: str,
    move: str,
    listed_on: date,
    kind_code: str = "",
    by: Actor,
    at: datetime,
    **says: Any,
) -> Phrase:
    """List a phrase from a day on; the edition in force before ends on that day.

    What was sent with an earlier edition stays as it was sent.

    :raises ValidationError: a variable that there is none of, a brace without partner, a remedy too
        much or too little, an unknown move or kind, dates crossed
    """
    _may_list(by)
    last = Phrase.objects.filter(code=code).order_by("-edition").first()
    given = {name: phrasing.tidy(text.clean(says.get(name, ""))) for name in WORDS}
    phrase = Phrase(
        code=code,
        edition=last.edition + 1 if last else 1,
        move=move,
        kind_code=kind_code,
        listed_on=listed_on,
        source=says.get("source", ""),
        **given,
    )
    phrase.full_clean()
    _check(phrase)
    if last and last.listed_on > listed_on:
        raise ValidationError({"listed_on": _("A new edition does not begin before the last one.")})
    if last and (last.delisted_on is None or last.delisted_on > listed_on):
        delist_phrase(last, on=listed_on, by=by, at=at)
    phrase.save(force_insert=True)
    facts = {
        "code": code,
        "edition": phrase.edition,
        "move": move,
        "kind": kind_code,
        "listed_on": listed_on.isoformat(),
    }
    record(phrase, verb="phrase.list", by=by, at=at, first=True, facts=facts)
    return phrase


@transaction.atomic
def delist_phrase(phrase: Phrase, *, on: date, by: Actor, at: datetime) -> None:
    """Let an edition end on a day; it is offered no more from then on.

    :raises ValidationError: it begins later
    """
    _may_list(by)
    if on < phrase.listed_on:
        raise ValidationError(_("A phrase does not end before the day it begins on."))
    phrase.delisted_on = on
    phrase.save(update_fields=["delisted_on"])
    record(phrase, verb="phrase.delist", by=by, at=at, facts={"on": on.isoformat()})


@transaction.atomic
def seed_phrases(*, by: Actor, at: datetime) -> int:
    """List the phrases that come with the house, where they are not there yet; return how many.

    Those for a kind that the catalogue never had are left out.
    """
    known = set(Phrase.objects.values_list("code", flat=True))
    kinds = {"", *Kind.objects.values_list("code", flat=True)}
    added = 0
    with SEED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["code"] not in known and row["kind_code"] in kinds:
                on = date.fromisoformat(row.pop("listed_on"))
                list_phrase(listed_on=on, by=by, at=at, **row)
                added += 1
    return added


def _may_list(by: Actor) -> None:
    if not rules.may_list(by):
        raise PermissionDenied(_("Only an administrator may change the standard phrases."))


def _check(phrase: Phrase) -> None:
    if phrase.move not in phrasing.FIELDS:
        raise ValidationError({"move": _("Phrases are for moves whose words the requester reads.")})
    known = Kind.objects.listed(phrase.listed_on).filter(code=phrase.kind_code)
    if phrase.kind_code and not known.exists():
        raise ValidationError({"kind_code": _("On that day no such kind is listed.")})
    has_remedy = "remedy" in phrasing.FIELDS[phrase.move]
    for language in ("zh", "en"):
        most = phrasing.LONGEST_BESIDE_A_REMEDY if has_remedy else phrasing.LONGEST
        _check_text(f"words_{language}", getattr(phrase, f"words_{language}"), most)
        remedy = getattr(phrase, f"remedy_{language}")
        _check_text(f"remedy_{language}", remedy, phrasing.LONGEST_BESIDE_A_REMEDY)
        if bool(remedy) != has_remedy:
            why = _("This move needs it too.") if has_remedy else _("This move has none.")
            raise ValidationError({f"remedy_{language}": why})


def _check_text(name: str, said: str, most: int) -> None:
    if len(said) > most:
        raise ValidationError({name: _("Write at most %(n)d characters here.") % {"n": most}})
    try:
        phrasing.check(said)
    except ValidationError as fault:
        raise ValidationError({name: fault.messages}) from fault

"""The offices and people of the demo, from the seeds of `accounts`: every role at its places."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from django.db import transaction

import gongzhi.accounts
from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.accounts.models import Office, Role, User
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.models import Calendar
from gongzhi.places.models import Place
from gongzhi.places.queries import below

SEEDS = Path(gongzhi.accounts.__file__).parent / "seeds"


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _places(district: Place, level: str) -> list[Place]:
    found = Place.objects.filter(below("path", [district.path]), level__code=level)
    return list(found.order_by("code"))


@transaction.atomic
def found_offices(district: Place, *, by: Actor, at: datetime) -> int:
    """Found the offices of the duty pattern in ``district``; return how many were not there yet.

    A duty of the township has an office in every township.
    """
    calendar = Calendar.objects.order_by("code").first()
    known = set(Office.objects.values_list("code", flat=True))
    added = 0
    for row in _rows("offices.csv"):
        for place in _places(district, row["level"]):
            code = f"{row['code']}-{place.code}"
            if calendar is None or code in known:
                continue
            local = row["level"] != district.level.code
            found(
                code=code,
                duty=row["code"],
                name_zh=f"{place.name_zh}{row['name_zh']}" if local else row["name_zh"],
                name_en=f"{place.name_en} {row['name_en']}" if local else row["name_en"],
                place=place,
                calendar=calendar,
                phone=row["phone"],
                by=by,
                at=at,
            )
            added += 1
    return added


@transaction.atomic
def appoint_people(district: Place, *, password: str, by: Actor, at: datetime) -> int:
    """Open the accounts of the cast with one ``password`` and fill their posts; return how many.

    Those of one role and level serve in places as different as there are.
    """
    known = set(User.objects.values_list("username", flat=True))
    turns: dict[tuple[str, str], int] = {}
    added = 0
    for row in _rows("people.csv"):
        turn = turns.setdefault((row["role"], row["level"]), 0)
        turns[row["role"], row["level"]] += 1
        if row["sign_in"] in known:
            continue
        place = _spread(_places(district, row["level"]), turn)
        user = open_account(
            username=row["sign_in"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            password=password,
            by=by,
            at=at,
        )
        # Only handlers serve in an office: who accepts or inspects must not be of one side.
        duty = row["office_duty"] if row["role"] == Role.HANDLER else ""
        office = Office.objects.filter(duty=duty, place=place).first()
        appoint(user, role=row["role"], place=place, office=office, by=by, at=at)
        added += 1
    return added


def _spread(places: list[Place], turn: int) -> Place:
    """Return the ``turn``-th place when they are taken from all over the list."""
    return places[turn * max(len(places) // 6, 1) % len(places)]

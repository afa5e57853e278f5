"""The offices and people of the demo, from the seeds of `accounts`, and whose duty is what."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from django.db import transaction

import gongzhi.accounts
from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.accounts.models import IN_OFFICE, Office, User
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.models import Calendar
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.actions.duties import list_duty
from gongzhi.matters.models import Duty
from gongzhi.matters.queries import kinds
from gongzhi.places.models import Place
from gongzhi.places.queries import below

SEEDS = Path(gongzhi.accounts.__file__).parent / "seeds"


OWN = Path(__file__).parents[1] / "seeds"


def _rows(name: str, folder: Path = SEEDS) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _places(district: Place, level: str) -> list[Place]:
    found = Place.objects.filter(below("path", [district.path]), level__code=level)
    return list(found.order_by("code"))


@transaction.atomic
def found_offices(district: Place, *, by: Actor, at: datetime) -> int:
    """Found the offices of the duty pattern in ``district``; return how many were not there yet.

    A duty of the township has an office in every township.  An office stands after the one that it
    answers to, which is one of the district.
    """
    calendar = Calendar.objects.order_by("code").first()
    known = {office.code: office for office in Office.objects.all()}
    added = 0
    for row in _rows("offices.csv"):
        for place in _places(district, row["level"]):
            code = f"{row['code']}-{place.code}"
            if calendar is None or code in known:
                continue
            local = row["level"] != district.level.code
            known[code] = found(
                code=code,
                duty=row["code"],
                name_zh=f"{place.name_zh}{row['name_zh']}" if local else row["name_zh"],
                name_en=f"{place.name_en} {row['name_en']}" if local else row["name_en"],
                place=place,
                calendar=calendar,
                phone=row["phone"],
                superior=known.get(f"{row['superior']}-{district.code}"),
                by=by,
                at=at,
            )
            added += 1
    return added


@transaction.atomic
def list_duties(district: Place, *, by: Actor, at: datetime) -> int:
    """List for every kind whose duty it is in ``district``, where no row is; return how many.

    The office of a township leads there; who helps, and whose duty it is otherwise, is in the seeds.
    """
    on = at.astimezone(default_days().zone).date()
    more = {row["kind"]: row for row in _rows("duties.csv", OWN)}
    known = set(Duty.objects.filter(below("place__path", [district.path])).values_list("kind_code"))
    offices = Office.objects.filter(below("place__path", [district.path]), is_active=True)
    by_duty: dict[str, list[Office]] = {}
    for office in offices.select_related("place__level").order_by("code"):
        by_duty.setdefault(office.duty, []).append(office)
    added = 0
    for kind in kinds(on):
        row = more.get(kind.code, {})
        helpers = [
            by_duty[duty][0] for duty in row.get("co_duties", "").split(";") if duty in by_duty
        ]
        otherwise = by_duty.get(row.get("otherwise_duty", ""), [None])[0]
        for lead in by_duty.get(kind.duty, ()) if (kind.code,) not in known else ():
            list_duty(
                kind_code=kind.code,
                place=lead.place,
                level=lead.place.level,
                lead=lead,
                co_offices=helpers,
                otherwise=otherwise,
                source=row.get("source", ""),
                listed_on=max(on, kind.listed_on),
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
        # Who accepts or inspects serves in no office: they must not be of one side.
        duty = row["office_duty"] if row["role"] in IN_OFFICE else ""
        office = Office.objects.filter(duty=duty, place=place).first()
        appoint(user, role=row["role"], place=place, office=office, by=by, at=at)
        added += 1
    return added


def _spread(places: list[Place], turn: int) -> Place:
    """Return the ``turn``-th place when they are taken from all over the list."""
    return places[turn * max(len(places) // 6, 1) % len(places)]

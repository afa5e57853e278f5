"""The duty list of a file: all of its rows are taken, or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import Actor
from gongzhi.matters.actions.duties import delist_duty, list_duty, may_list
from gongzhi.matters.models import Duty
from gongzhi.matters.queries.duty_file import PARTED, PLAIN
from gongzhi.places.models import Level, Place

NUMBERS = ("limit_value", "urgent_value")


@dataclass(slots=True)
class Taken:
    """What came of a file: rows listed, ended, as they were; and those refused, by number, why."""

    n_added: int = 0
    n_ended: int = 0
    n_same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_duties(
    rows: Iterable[tuple[int, dict[str, str]]], *, dry_run: bool = False, by: Actor, at: datetime
) -> Taken:
    """List the rows of a file, in the order of their days: all of them, or none if one is refused.

    ``rows`` are numbered, with the columns of `queries.duty_file`.  A row that is listed so already
    stays as it is, so the same file again changes nothing.  With ``dry_run`` nothing is kept.
    """
    may_list(by)
    taken, known = Taken(), _Known()
    with transaction.atomic():
        for number, cells in sorted(rows, key=lambda row: (row[1].get("listed_on", ""), row[0])):
            try:
                with transaction.atomic():
                    _take(cells, known, taken, by=by, at=at)
            except ValidationError as fault:
                taken.refused.append((number, " ".join(fault.messages)))
        if dry_run or taken.refused:
            transaction.set_rollback(True)
    taken.refused.sort()
    return taken


class _Known:
    """Places, levels and offices by their codes, read once."""

    def __init__(self) -> None:
        """Read them (3 queries)."""
        self.levels = {level.code: level for level in Level.objects.all()}
        self.offices = {o.code: o for o in Office.objects.select_related("place")}
        places = Place.objects.only("id", "code", "path", "name_zh", "name_en", "valid_to")
        self.places = {place.code: place for place in places}

    def office(self, code: str) -> Office:
        """Return the office with a code."""
        if code not in self.offices:
            raise ValidationError(
                _("There is no office with the code “%(code)s”.") % {"code": code}
            )
        return self.offices[code]

    def place(self, code: str) -> Place:
        """Return the place with a code."""
        if code not in self.places:
            raise ValidationError(_("There is no place with the code “%(code)s”.") % {"code": code})
        return self.places[code]

    def level(self, code: str) -> Level:
        """Return the level with a code."""
        if code not in self.levels:
            raise ValidationError(
                _("There is no level “%(code)s”; there are: %(known)s.")
                % {"code": code, "known": ", ".join(self.levels)}
            )
        return self.levels[code]


def _take(cells: dict[str, str], known: _Known, taken: Taken, *, by: Actor, at: datetime) -> None:
    said = _said(cells, known)
    where = {name: said[name] for name in ("kind_code", "place", "level", "listed_on")}
    there = Duty.objects.filter(**where).select_related("lead", "otherwise").first()
    until: date | None = said["delisted_on"]
    if there is None:
        list_duty(**said, by=by, at=at)
        taken.n_added += 1
    elif _says(there) != {name: said[name] for name in _says(there)}:
        raise ValidationError(
            _(
                "A row is listed for this day that says something else: list the change from a later day."
            )
        )
    elif until and there.delisted_on is None:
        delist_duty(there, on=until, by=by, at=at)
        taken.n_ended += 1
    else:
        taken.n_same += 1


def _says(row: Duty) -> dict[str, Any]:
    """Return what may not differ where a row is listed already."""
    plain = {name: getattr(row, name) for name in (*PLAIN, "lead", "otherwise")}
    return plain | {"co_offices": set(row.co_offices.all())}


def _said(cells: dict[str, str], known: _Known) -> dict[str, Any]:
    """Return what a row of the file says, as `list_duty` takes it.

    :raises ValidationError: an unknown code, or a number or a day that is none
    """
    said: dict[str, Any] = {name: cells.get(name, "") for name in PLAIN}
    try:
        said |= {name: int(said[name]) if said[name] else None for name in NUMBERS}
        days = {
            name: date.fromisoformat(cells[name][:10]) if cells.get(name) else None
            for name in ("listed_on", "delisted_on")
        }
    except ValueError as fault:
        raise ValidationError(
            _("A number or a day cannot be read: %(why)s") % {"why": fault}
        ) from fault
    if not days["listed_on"]:
        raise ValidationError(_("Say from which day on the row is listed."))
    helpers = [code.strip() for code in cells.get("co_offices", "").split(PARTED)]
    otherwise = cells.get("otherwise", "")
    return (
        said
        | days
        | {
            "kind_code": cells["kind"],
            "place": known.place(cells["place"]),
            "level": known.level(cells["level"]),
            "lead": known.office(cells["lead"]),
            "co_offices": {known.office(code) for code in helpers if code},
            "otherwise": known.office(otherwise) if otherwise else None,
        }
    )

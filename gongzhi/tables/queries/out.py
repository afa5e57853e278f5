"""What goes out: the rows of each table, in the order of its columns, for whom they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import shapely
from django.conf import settings
from django.db.models import F
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import get_language

from gongzhi.accounts.models import Office, Staff
from gongzhi.assets.queries import Asked
from gongzhi.assets.queries import narrowed as narrowed_assets
from gongzhi.matters import rules as matters
from gongzhi.matters.models import Duty, Kind
from gongzhi.matters.queries import catalogue, months_back, narrowed
from gongzhi.matters.queries.duty_file import cells
from gongzhi.places.queries import on_day
from gongzhi.tables.fields import Table, Value, tables

AT_ONCE = 2000
Row = list[Value]


def rows(table: Table, to: Staff, asked: dict[str, str], at: datetime) -> Iterator[Row]:
    """Yield what ``to`` may have of a table; of the ledger also narrowed to what is ``asked``."""
    yield from SOURCES[table.name](to, asked, localdate(at))


def _ledger(to: Staff, asked: dict[str, str], _on: date) -> Iterator[Row]:
    """Yield the matters that ``to`` may see; of a sealed kind only number and state."""
    found = matters.visible(narrowed(asked), to).order_by("-received_at", "-id")
    shown = (
        *("number", "kind_code", "chain", "channel", "state", "urgent", "received_at"),
        *("answer_by", "answered_at", "ended_at", "office__code", "sealed"),
    )
    zone = get_default_timezone()
    every = (
        row
        for begins, ends in months_back()
        for row in found.filter(received_at__gt=begins, received_at__lte=ends)
        .values_list(*shown)
        .iterator(AT_ONCE)
    )
    for row in every:
        number, kind, chain, channel, state, urgent, *times, office, sealed = row
        if sealed:
            yield [number, None, None, None, state, *[None] * 6]
            continue
        place = chain[:-1].rpartition("/")[2]
        moments = [one.astimezone(zone) if one else None for one in times]
        yield [number, kind, place, channel, state, urgent, *moments, office]


def _of_table(name: str, told: dict[str, Any]) -> Row:
    """Return what the columns of a table say of a row; an empty text says nothing."""
    return [value if (value := told.get(one.name)) != "" else None for one in tables()[name].fields]


def _duties(_to: Staff, _asked: dict[str, str], on: date) -> Iterator[Row]:
    names = {code: kind.name for code, kind in catalogue(on).items()}
    found = Duty.objects.with_names().order_by("kind_code", "place__path", "listed_on")
    for row in found.iterator(AT_ONCE):
        yield _of_table("duties", cells(row, names))


def _catalogue(_to: Staff, _asked: dict[str, str], on: date) -> Iterator[Row]:
    """Yield the kinds in force on a day, in the columns of the seeds."""
    found = Kind.objects.listed(on).select_related("kind_class")
    for kind in found.order_by("kind_class__rank", "code").iterator(AT_ONCE):
        group = kind.kind_class
        told = {one.name: getattr(kind, one.name, None) for one in tables()["catalogue"].fields}
        told |= {
            "class_code": group.code,
            "class_zh": group.name_zh,
            "class_en": group.name_en,
            "office_duty": kind.duty,
            "urgent_limit_value": kind.urgent_value,
            "urgent_limit_unit": kind.urgent_unit,
            "inspect": kind.inspection,
            "settle": kind.settles,
        }
        yield _of_table("catalogue", told)


def _places(_to: Staff, _asked: dict[str, str], on: date) -> Iterator[Row]:
    found = on_day(on).select_related("level").order_by("path")
    parents = F("parent__code")
    for place in found.annotate(parent_code=parents).iterator(AT_ONCE):
        told = {name: getattr(place, name) for name in ("code", "name_zh", "name_en", "local_code")}
        told |= {
            "level": place.level.code,
            "parent": place.parent_code,
            "names": ";".join(place.also),
            "wkt": shapely.to_wkt(shapely.from_wkb(bytes(place.boundary)), rounding_precision=-1)
            if place.boundary
            else None,
        }
        yield _of_table("places", told)


def _assets(_to: Staff, _asked: dict[str, str], _on: date) -> Iterator[Row]:
    for asset in narrowed_assets(Asked()).iterator(AT_ONCE):
        told = {name: getattr(asset, name) for name in ("code", "lon", "lat", "look_on")}
        told |= {
            "class": asset.asset_class.code,
            "name_zh": asset.name,
            "keeper": asset.keeper.code,
            "owner": asset.owner.code if asset.owner else None,
            "condition": asset.state,
        }
        yield _of_table("assets", told)


def _offices(_to: Staff, _asked: dict[str, str], _on: date) -> Iterator[Row]:
    found = Office.objects.filter(is_active=True).select_related("place", "calendar", "superior")
    for office in found.order_by("code").iterator(AT_ONCE):
        told = {
            name: getattr(office, name) for name in ("code", "duty", "name_zh", "name_en", "phone")
        }
        told |= {
            "place": office.place.code,
            "calendar": office.calendar.code,
            "superior": office.superior.code if office.superior else None,
        }
        yield _of_table("offices", told)


SOURCES: dict[str, Callable[[Staff, dict[str, str], date], Iterator[Row]]] = {
    "ledger": _ledger,
    "duties": _duties,
    "catalogue": _catalogue,
    "places": _places,
    "assets": _assets,
    "offices": _offices,
}


def package(table: Table, at: datetime) -> dict[str, Any]:
    """Return what the CSV file of a table is, as a Data Package 2.0 with its schema."""
    resource = {
        "name": table.name,
        "type": "table",
        "title": table.label,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": dict(table.schema),
    }
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": table.name,
        "title": table.label,
        "description": table.help,
        "homepage": settings.ORIGIN,
        "created": at.isoformat(timespec="seconds"),
        "languages": [get_language() or "zh-hans"],
        "resources": [resource],
    }

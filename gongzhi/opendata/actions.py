"""Everything that makes the files.  No other module writes these tables."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.matters.queries.public import hidden
from gongzhi.opendata import queries, rules
from gongzhi.opendata.models import Tally, Volume

SIMPLE = 0.0002  # degrees that a simplified boundary may be off, about 20 m
SQL = {"string": "VARCHAR", "date": "DATE", "boolean": "BOOLEAN", "integer": "INTEGER"}
BLOCK = 1 << 20


def publish(*, by: Actor, at: datetime) -> int:
    """Make the files of every month that is not as its file says, and of the communities; return how many.

    A month whose matters stayed as they were keeps its files, so that a night costs what the day changed.
    """
    if not rules.may_publish(by):
        raise PermissionDenied(_("Files of open data are made by the program alone."))
    made = [_publish(month, at) for month in queries.months(at) if queries.changed(month)]
    if made or not Volume.objects.filter(sort=Volume.Sort.GEOJSON).exists():
        _publish_communities(at)
        return len(made) + 1
    return 0


def _publish(month: date, at: datetime) -> Volume:
    name = f"matters-{month:%Y-%m}"
    with TemporaryDirectory() as folder:
        table, packed = Path(folder) / "rows.csv", Path(folder) / "rows.parquet"
        n = _write(table, queries.rows(month))
        _pack(table, packed)
        tallies = queries.tallied(month)
        with transaction.atomic():
            Tally.objects.filter(month=month).delete()
            Tally.objects.bulk_create(tallies)
            kept = [
                _keep(path, sort, at, name=name, rows=n, month=month)
                for path, sort in ((table, Volume.Sort.CSV), (packed, Volume.Sort.PARQUET))
            ]
    return kept[0]


def _write(path: Path, rows: Iterable[tuple[Any, ...]]) -> int:
    n = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in queries.dictionary()])
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            n += 1
    return n


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _pack(table: Path, packed: Path) -> None:
    """Write what a CSV file holds as Parquet, each column of the type that the dictionary names."""
    import duckdb  # large, and used at night alone

    columns = {field.name: SQL[field.type] for field in queries.dictionary()}
    with duckdb.connect() as engine:
        found = engine.read_csv(str(table), header=True, columns=columns)
        found.write_parquet(str(packed), compression="zstd")


def _publish_communities(at: datetime) -> None:
    known, features = queries.by_community(at), []
    for place in queries.communities(localdate(at)):
        numbers = known.get(place.code, {"came": 0, "open": 0})
        shape = shapely.from_wkb(bytes(place.boundary or b"")).simplify(SIMPLE)
        names = {"code": place.code, "name_zh": place.name_zh, "name_en": place.name_en}
        told = {name: hidden(n) for name, n in numbers.items()}
        features.append(
            {
                "type": "Feature",
                "geometry": json.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-5))),
                "properties": names | told,
            }
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "communities.geojson"
        whole = {"type": "FeatureCollection", "features": features}
        path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
        _keep(path, Volume.Sort.GEOJSON, at, name="communities", rows=len(features))


def _keep(
    path: Path, sort: Volume.Sort, at: datetime, *, name: str, rows: int, month: date | None = None
) -> Volume:
    """Store a file in place of the one before, which is removed once the new one holds."""
    before = Volume.objects.filter(name=name, sort=sort).first()
    digest = _digest(path)
    with path.open("rb") as file:
        stored = default_storage.save(f"opendata/{name}-{digest[:8]}.{sort}", File(file))
    says = {"month": month, "file": stored, "rows": rows, "size": path.stat().st_size}
    says |= {"sha256": digest, "made_at": at}
    made, _is_new = Volume.objects.update_or_create(name=name, sort=sort, defaults=says)
    if before:
        transaction.on_commit(lambda: default_storage.delete(before.file.name or ""))
    return made


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

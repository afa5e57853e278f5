"""Files of open data: true to the matters, without persons, made anew only where something changed."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import duckdb
import pytest
import shapely
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters import actions as matters
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make
from gongzhi.opendata import actions, queries
from gongzhi.opendata.models import Tally, Volume
from gongzhi.places.models import Place

NIGHT = make.at(days=40)
WANG = Contact("王女士", "13800138000")
WAYS = ("accept", "dispatch", "acknowledge", "answer")


def publish(at=NIGHT) -> int:
    return actions.publish(by=SYSTEM, at=at)


def rows(name: str = "matters-2026-03") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content(Volume.objects.get(name=name, sort="csv")))))


def content(volume: Volume) -> str:
    with default_storage.open(volume.file.name or "") as file:
        return str(file.read().decode())


def test_a_month_is_a_row_for_each_public_matter(town):
    make.walk(town, make.matter(town, contact=WANG), *WAYS)
    make.matter(town, kind=town.hole)
    publish()
    lamp = next(row for row in rows() if row["kind"] == "lamp")
    assert len(rows()) == 2
    assert list(lamp) == [field.name for field in queries.dictionary()]
    assert (lamp["place"], lamp["place_zh"]) == ("990101001001", town.community.name_zh)
    assert (lamp["state"], lamp["office"], lamp["rounds"]) == ("answered", "lights", "0")
    assert (lamp["received_on"], lamp["answered_on"], lamp["ended_on"]) == (
        "2026-03-02",
        "2026-03-02",
        "",
    )
    assert lamp["in_time"] == "true"


def test_nothing_of_a_person_is_in_any_file(town):
    matter = make.walk(
        town, make.matter(town, contact=WANG, address="柳岸路3号", lat=1.25, lon=2.5)
    )
    make.matter(town, about_office=town.lights, text="收了钱不办事")
    publish()
    found = "".join(content(one) for one in Volume.objects.exclude(sort="parquet"))
    secrets = ("王女士", "13800138000", matter.text, matter.number, "柳岸路", "1.25", "收了钱")
    assert not [secret for secret in secrets if secret in found]
    assert len(rows()) == 1


def test_what_is_withdrawn_joined_or_a_part_is_in_no_file(town):
    for move in ("withdraw", "merge"):
        make.walk(town, make.matter(town), move)
    publish()
    assert len(rows()) == Matter.objects.filter(state="received", parent=None).count() == 1


def test_parquet_holds_the_same_rows_with_types(town, tmp_path):
    make.walk(town, make.matter(town), *WAYS)
    make.matter(town)
    publish()
    path = default_storage.path(str(Volume.objects.get(sort="parquet").file.name))
    with duckdb.connect() as engine:
        names = [one[0] for one in engine.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
        found = engine.execute(f"SELECT * FROM '{path}'").fetchall()
    typed = [dict(zip(names, row, strict=True)) for row in found]
    assert typed[0]["received_on"] == date(2026, 3, 2)
    assert {row["in_time"] for row in typed} == {True, None}

    def told(row: dict[str, Any]) -> dict[str, str]:
        return {
            name: ""
            if value is None
            else str(value).lower()
            if isinstance(value, bool)
            else str(value)
            for name, value in row.items()
        }

    assert sorted(map(str, map(told, typed))) == sorted(map(str, rows()))


def test_only_a_month_that_changed_is_made_anew(town):
    make.matter(town)
    april = make.matter(town, at=make.at(days=35))
    assert publish() == 3  # two months and the communities
    first = {one.name: one.file.name for one in Volume.objects.filter(sort="csv")}
    assert publish(NIGHT + timedelta(days=1)) == 0
    matters.accept(april, by=town.staff("acceptor"), at=NIGHT + timedelta(days=1))
    assert publish(NIGHT + timedelta(days=2)) == 2
    second = {one.name: one.file.name for one in Volume.objects.filter(sort="csv")}
    assert first["matters-2026-03"] == second["matters-2026-03"]
    assert first["matters-2026-04"] != second["matters-2026-04"]


def test_a_file_that_was_replaced_is_gone(town, django_capture_on_commit_callbacks):
    matter = make.matter(town)
    publish()
    before = str(Volume.objects.get(sort="csv").file.name)
    matters.accept(matter, by=town.staff("acceptor"), at=NIGHT)
    with django_capture_on_commit_callbacks(execute=True):
        publish(NIGHT + timedelta(days=1))
    assert not default_storage.exists(before)
    assert default_storage.exists(str(Volume.objects.get(sort="csv").file.name))


def test_tallies_are_what_a_slow_count_gives(town):
    for n in range(6):
        make.walk(town, make.matter(town), *WAYS, at=make.at(days=n))
    make.matter(town)
    publish()
    tally = Tally.objects.get()
    assert (tally.came, tally.answered) == (7, 6)
    moments = Matter.objects.exclude(answered_at=None).values_list("answered_at", "first_answer_by")
    in_time = [at for at, promised in moments if at and promised and at <= promised]
    assert (tally.in_time, tally.median_days) == (len(in_time), 2.5)


def test_small_numbers_of_communities_are_hidden(town):
    square = shapely.to_wkb(shapely.box(0, 0, 1, 1))
    Place.objects.filter(code="990101001001").update(boundary=square)
    for n in (4, 5):
        while Matter.objects.count() < n:
            make.matter(town)
        publish(NIGHT + timedelta(days=n))
        [feature] = json.loads(content(Volume.objects.get(sort="geojson")))["features"]
        assert feature["properties"]["came"] == (None if n == 4 else 5)
        assert shapely.from_geojson(json.dumps(feature["geometry"])).equals(shapely.box(0, 0, 1, 1))


def test_without_matters_there_are_no_months(town):
    assert (publish(), publish()) == (1, 0)
    assert list(Volume.objects.values_list("sort", "rows")) == [("geojson", 0)]


@pytest.mark.parametrize("who", ["administrator", "supervisor"])
def test_nobody_else_makes_files(town, who):
    with pytest.raises(PermissionDenied, match="开放数据文件只由程序生成。"):
        actions.publish(by=town.staff(who), at=NIGHT)

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.actions import seed_china
from gongzhi.matters.actions.catalogue import SEED, seed_catalogue
from gongzhi.matters.models import Kind
from gongzhi.matters.tests import make
from gongzhi.places.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue():
    seed_china(by=SYSTEM, at=make.NOON)
    seed_catalogue(by=SYSTEM, at=make.NOON)


@pytest.fixture
def file(tmp_path):
    """Write a catalogue: one kind of the seeds a row, under a code of its own, with changes."""
    with SEED.open(encoding="utf-8", newline="") as seeds:
        usual = next(row for row in csv.DictReader(seeds) if row["code"] == "litter")

    def write(*changes: dict[str, str], name: str = "kinds.csv") -> Path:
        rows = [usual | {"code": f"own_{n}"} | change for n, change in enumerate(changes)]
        path: Path = tmp_path / name
        if name.endswith(".xlsx"):
            with xlsxwriter.Workbook(path) as book:
                sheet = book.add_worksheet()
                for n, line in enumerate([list(usual), *(row.values() for row in rows)]):
                    sheet.write_row(n, 0, [int(cell) if cell.isdigit() else cell for cell in line])
            return path
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([list(usual), *(row.values() for row in rows)])
        return path

    return write


def bring(path: Path, what: str = "catalogue", **says) -> list[str]:
    """Import a file and return the refusals."""
    err = StringIO()
    call_command("import", what, path, stdout=StringIO(), stderr=err, **says)
    return err.getvalue().splitlines()


def test_persons_gatherings_and_dwellings_are_refused_by_row_and_the_rest_is_listed(file):
    before = Kind.objects.count()
    path = file(
        {},
        {"object": "person"},
        {"object": "gathering"},
        {"object": "dwelling"},
        {"object": ""},
        {"name_zh": "重点人员走访"},
        {"limit_value": "soon"},
        {"limit_value": "0"},
        {"listed_on": "2026-13-01"},
    )
    refused = bring(path)
    assert [line.split(" ", 1)[0] + line.split(" ")[1] for line in refused] == [
        f"第{n}" for n in range(3, 11)
    ]
    assert all("聚集" in line and "住宅" in line for line in refused[:4])
    assert (Kind.objects.count(), Kind.objects.get(code="own_0").edition) == (before + 1, 1)


def test_the_same_file_again_adds_nothing(file):
    path = file({}, {})
    bring(path)
    before = Kind.objects.count()
    assert (bring(path), Kind.objects.count()) == ([], before)


def test_a_changed_kind_gets_a_new_edition_from_its_day(file):
    bring(file({}))
    bring(file({"limit_value": "9", "listed_on": "2026-06-01"}, name="kinds.xlsx"))
    first, second = Kind.objects.filter(code="own_0").order_by("edition")
    assert (str(first.delisted_on), second.limit_value) == ("2026-06-01", 9)


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "kinds.csv"
    path.write_text("code,name_zh\nlitter,垃圾\n", encoding="utf-8")
    with pytest.raises(CommandError, match="object"):
        bring(path)


def test_a_wrong_encoding_is_said_and_utf8_is_never_read_as_another(file):
    path = file({})
    with pytest.raises(CommandError, match="gb18030"):
        bring(path, encoding="gb18030")
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(CommandError, match="utf-8"):
        bring(path, encoding="utf-8")
    assert bring(path, encoding="gb18030") == bring(path) == []


def test_places_are_imported_by_their_own_reader(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("code,name_zh,level\n990103,新区,district\n990,坏,district\n", encoding="utf-8")
    bring(path, "places", crs="WGS84")
    assert Place.objects.filter(code__in=["990103", "990"]).count() == 1

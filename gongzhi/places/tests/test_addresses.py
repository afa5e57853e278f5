from __future__ import annotations

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils.translation import override

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.places import gazetteer as module
from gongzhi.places.actions import import_addresses, rename
from gongzhi.places.atlas import atlas
from gongzhi.places.gazetteer import Keeper, gazetteer, spoken_of
from gongzhi.places.models import Address, Place
from gongzhi.places.names import Names, Precision
from gongzhi.places.readers import AddressRow, read_addresses
from gongzhi.places.tests import make

pytestmark = pytest.mark.django_db
HEAD = "名称,英文名,经度,纬度\n"
GOOD = "翠微路2号,2 Cuiwei Road,116.01,40.01\n"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def file(tmp_path):
    def write(*lines, head=HEAD):
        path = tmp_path / "addresses.csv"
        path.write_text(head + "".join(lines), encoding="utf-8")
        return path

    return write


def load(*names):
    rows = [AddressRow(n, name, lat=40.01, lon=116.01) for n, name in enumerate(names)]
    return import_addresses(rows, by=SYSTEM, at=make.AT)


def test_a_file_takes_the_place_of_the_whole_library(file, capsys):
    make.town()
    load("旧路1号")
    call_command("import_addresses", file(GOOD, "东门,,116.03,40.03\n"), crs="CGCS2000")
    assert capsys.readouterr().out == "The library holds 2 addresses.\n"
    assert set(Address.objects.values_list("name_zh", flat=True)) == {"翠微路2号", "东门"}
    assert spoken_of("旧路1号") == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",,116,40\n", "“name_zh” is empty."),
        ("翠微路,,east,40\n", "The point cannot be read: write degrees or metres."),
        ("翠微路,,,\n", "The point cannot be read: write degrees or metres."),
        (
            "翠微路,,nan,nan\n",
            "The coordinates cannot be WGS84. Declare the system the file is in.",
        ),
        (
            "翠微路,,1e9,40\n",
            "The coordinates cannot be WGS84. Declare the system the file is in.",
        ),
        (
            "翠微路2号501室,,116,40\n",
            "An address ends with the building. Leave out floors and flats.",
        ),
        (
            '翠微路2号,"Flat 5, 2 Cuiwei Road",116,40\n',
            "An address ends with the building. Leave out floors and flats.",
        ),
        (
            "=1+1,,116,40\n",
            "A cell begins like a formula (=, +, - or @). Write the plain text.",
        ),
        (f"{'路' * 81},,116,40\n", "“name_zh” is too long."),
    ],
)
def test_a_row_that_cannot_be_leaves_the_library_as_it_is(file, line, why):
    load("旧路1号")
    done = import_addresses(read_addresses(file(GOOD, line), "WGS84"), by=SYSTEM, at=make.AT)
    assert ([(row.number, row.sentence) for row in done.refused], done.n) == ([(2, why)], 1)
    with pytest.raises(CommandError, match=r"^Nothing was changed"):
        call_command("import_addresses", file(line), crs="WGS84")
    assert Address.objects.get().name_zh == "旧路1号"


@pytest.mark.parametrize(
    ("name", "crs", "why"),
    [
        ("addresses.csv", "MARS", "The coordinate system “MARS” is not known."),
        ("addresses.xlsx", "WGS84", "Give a .csv file."),
        ("none.csv", "WGS84", "There is no file “"),
        ("addresses.csv", "WGS84", "The file lacks these columns: lon, lat."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(file, name, crs, why):
    path = file(head="名称\n").with_name(name)
    with pytest.raises(ValidationError, match=why):
        read_addresses(path, crs)


def test_only_who_may_change_places_changes_the_library():
    with pytest.raises(PermissionDenied):
        import_addresses([], by=Actor(None, "somebody"), at=make.AT)


def test_while_one_thread_reads_anew_the_others_go_on_with_what_was(monkeypatch):
    make.town()
    keeper, reading, read = Keeper(), threading.Event(), threading.Event()
    before = keeper.names()
    load("翠微路2号")
    changed = atlas()

    def slow(_known):
        reading.set()
        assert read.wait(5)
        return Names([])

    monkeypatch.setattr(module, "_read", slow)
    monkeypatch.setattr(module, "atlas", lambda: changed)  # the database is of one thread
    other = threading.Thread(target=keeper.names)
    other.start()
    assert reading.wait(5)
    assert keeper.names() is before
    read.set()
    other.join()
    assert keeper.names() is not before


def test_what_is_imported_or_renamed_is_spoken_of_at_once(django_assert_num_queries):
    place = make.town()
    load("翠微路2号", "海上路1号")
    Address.objects.filter(name_zh="海上路1号").update(lat=-40)  # in none of our places
    load("翠微路2号")
    gazetteer()
    (one,) = spoken_of("翠微路2号3单元的灯")
    assert (one.name, one.around, one.precision) == (
        "翠微路2号",
        "Place 001 Place 001",
        Precision.ADDRESS,
    )
    assert (one.exact, one.pin, one.code) == (True, (40.01, 116.01), make.COMMUNITY)
    grid = Place.objects.get(code=f"{place.code}001")
    rename(grid, name_zh="一格", name_en="", local_code="", also=["大槐树"], by=SYSTEM, at=make.AT)
    (one,) = spoken_of("大槐树下")
    assert (one.precision, one.exact, one.path) == (Precision.AREA, False, grid.path)
    with django_assert_num_queries(1):  # of the edition
        assert spoken_of("大槐树下", chosen=place.path) == [one]  # it is nearer than the community
    assert spoken_of("地方001", chosen=place.path) == []

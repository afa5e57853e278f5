from __future__ import annotations

from time import process_time
from typing import Any

import numpy as np
import pytest
import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils.translation import override

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.models import Entry
from gongzhi.base.moves import MoveLost
from gongzhi.places import synthetic
from gongzhi.places.actions import import_places, load_levels, plant_district, rename
from gongzhi.places.models import Edition, Level, Place
from gongzhi.places.tests import make

pytestmark = pytest.mark.django_db
SOMEBODY = Actor(None, "somebody")
GRID = f"{make.COMMUNITY}001"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def stamp():
    return Edition.objects.get().stamp


def shape_of(code):
    shape = Place.objects.get(code=code).shape
    assert shape is not None
    return shape


def sentences(done):
    return [(refusal.number, refusal.sentence) for refusal in done.refused]


# --- Good rows.


def test_an_import_adds_places_with_path_and_point():
    community = make.town()
    place = Place.objects.get(code=GRID)
    assert place.path == f"{make.DISTRICT}/{make.TOWNSHIP}/{make.COMMUNITY}/{GRID}/"
    assert (place.parent, place.level.code) == (community, "grid")
    assert shapely.equals(place.shape, make.box(wide=2))
    assert (place.lat, place.lon) == pytest.approx((40.01, 116.01))


def test_parents_may_come_after_their_parts():
    done = make.load(*reversed(make.town_rows()))
    assert (len(done.added), done.refused) == (7, ())


def test_the_same_import_again_changes_nothing():
    make.town()
    before, versions = stamp(), list(Place.objects.order_by("code").values_list("version"))
    done = make.load(*make.town_rows())
    assert (done.added, done.changed, done.n_same, done.refused) == ((), (), 7, ())
    assert stamp() == before
    assert list(Place.objects.order_by("code").values_list("version")) == versions


def test_a_changed_boundary_makes_a_new_edition():
    make.town()
    before = stamp()
    done = make.load(make.grid(1, make.box(wide=1)))
    assert done.changed == (GRID,)
    assert stamp() != before
    place = Place.objects.get(code=GRID)
    assert (place.version, shape_of(GRID).bounds) == (2, make.box(wide=1).bounds)


def test_an_empty_cell_leaves_what_was_told_before():
    make.town()
    make.load(make.grid(1, None, name_zh="新名", name_en="", also=("霁月路",)))
    place = Place.objects.get(code=GRID)
    assert (place.name_zh, place.name_en, place.also) == ("新名", "Place 001", ["霁月路"])
    assert shapely.equals(place.shape, make.box(wide=2))


def test_a_place_needs_no_boundary():
    done = make.load(make.row("990201"), make.row("990201001", number=2))
    assert len(done.added) == 2
    assert Place.objects.get(code="990201001").shape is None


def test_codes_filled_up_with_zeros_are_the_plain_ones():
    done = make.load(make.row("990201000000", level="district"))
    assert done.added == ("990201",)


def test_the_parent_may_be_left_to_the_code():
    community = make.town()
    make.load(make.grid(9, None, parent=""))
    assert Place.objects.get(code=f"{make.COMMUNITY}009").parent == community


def test_a_level_may_be_named_by_code_name_or_rank():
    for n, level in enumerate(("district", "区县", "District", "1"), 1):
        assert make.load(make.row(f"99020{n}", level=level)).added == (f"99020{n}",)


def test_two_neighbours_may_move_their_common_edge_in_one_import():
    make.town()
    done = make.load(make.grid(1, make.box(0, 0, 1, 2)), make.grid(2, make.box(1, 0, 3, 2)))
    assert (len(done.changed), done.refused) == (2, ())


def test_a_sliver_between_neighbours_is_no_overlap():
    make.town()
    assert make.load(make.grid(1, make.box(0, 0, 2.001, 2))).refused == ()


def test_a_place_may_lie_a_sliver_outside_its_parent():
    make.town()
    assert make.load(make.grid(1, make.box(-0.001, 0, 2.001, 2))).refused == ()


def test_an_import_leaves_one_entry_in_the_history():
    make.town()
    make.load(make.grid(1, make.box(wide=1)), make.grid(2, make.box(wide=2)))
    entry = Entry.objects.filter(subject=Edition.objects.get().pk).latest("seq")
    assert (entry.verb, entry.by_label) == ("import_places", "system")
    assert entry.facts == {"added": [], "changed": [GRID], "same": 0, "refused": 1}


# --- Rows that are refused, each with its number and a sentence; the others are imported.


def test_good_rows_are_imported_and_bad_ones_refused_by_number():
    make.town()
    done = make.load(make.grid(5, None, number=1), make.row("99X", number=2, level="grid"))
    assert done.added == (f"{make.COMMUNITY}005",)
    assert sentences(done) == [
        (
            2,
            "“99X” is no code of a place: 6, 9 or 12 digits down to the community, 13 to 24 below.",
        )
    ]


def test_overlapping_siblings_are_refused_the_later_row_first():
    make.town()
    done = make.load(
        make.row(f"{make.COMMUNITY}001001", make.box(0, 0, 1), number=1),
        make.row(f"{make.COMMUNITY}001002", make.box(0.5, 0, 1), number=2),
    )
    assert done.added == (f"{make.COMMUNITY}001001",)
    assert sentences(done) == [(2, f"It overlaps “{make.COMMUNITY}001001 Place 001”.")]


def test_a_place_that_overlaps_one_that_is_there_is_refused():
    make.town()
    done = make.load(make.grid(5, make.box(1, 1, 1)))
    assert sentences(done) == [(5, f"It overlaps “{GRID} Place 001”.")]
    assert not Place.objects.filter(code=f"{make.COMMUNITY}005").exists()


def test_a_place_that_covers_another_of_its_level_is_refused():
    make.town()
    done = make.load(make.grid(5, make.box(wide=4)))
    assert len(done.refused) == 1
    assert "It overlaps" in done.refused[0].sentence


def test_the_same_boundary_under_two_codes_is_refused():
    make.town()
    assert len(make.load(make.grid(5, make.box(wide=2))).refused) == 1


def test_when_one_of_two_moved_neighbours_is_refused_the_other_meets_the_old_edge():
    make.town()
    crossed = shapely.from_wkt("POLYGON((116 40, 116.01 40.02, 116.01 40, 116 40.02, 116 40))")
    done = make.load(make.grid(1, crossed), make.grid(2, make.box(1, 0, 3, 2)))
    assert done.changed == ()
    assert [number for number, _sentence in sentences(done)] == [1, 2]
    assert sentences(done)[1] == (2, f"It overlaps “{GRID} Place 001”.")


def test_a_boundary_that_crosses_itself_is_refused_with_the_point():
    make.town()
    bow = shapely.from_wkt("POLYGON((116 40, 116.02 40.02, 116.02 40, 116 40.02, 116 40))")
    assert sentences(make.load(make.grid(1, bow))) == [
        (1, "The boundary crosses or touches itself near longitude 116.01, latitude 40.01.")
    ]
    assert shapely.equals(Place.objects.get(code=GRID).shape, make.box(wide=2))


@pytest.mark.parametrize("empty", ["POLYGON EMPTY", "MULTIPOLYGON EMPTY"])
def test_an_empty_boundary_is_refused(empty):
    make.town()
    done = make.load(make.grid(1, shapely.from_wkt(empty)))
    assert sentences(done) == [(1, "The boundary is empty.")]


@pytest.mark.parametrize(
    "shape", ["POINT(116 40)", "LINESTRING(116 40, 117 41)", "GEOMETRYCOLLECTION EMPTY"]
)
def test_a_boundary_that_is_no_area_is_refused(shape):
    make.town()
    done = make.load(make.grid(1, shapely.from_wkt(shape)))
    assert sentences(done) == [(1, "The boundary is not an area.")]


def test_a_boundary_of_no_numbers_is_refused():
    make.town()
    with np.errstate(invalid="ignore"):
        shape = shapely.Polygon([(116, 40), (116, float("nan")), (117, 41)])
    done = make.load(make.grid(1, shape))
    assert sentences(done) == [(1, "The boundary holds coordinates that are no numbers.")]


def test_a_place_outside_its_parent_is_refused():
    make.town()
    done = make.load(make.grid(5, make.box(4, 0, 1)), make.grid(6, make.box(3.9, 0, 1), number=6))
    where = f"It reaches beyond “{make.COMMUNITY} Place 001”, in which it must lie."
    assert sentences(done) == [(5, where), (6, where)]


def test_a_place_must_lie_in_the_nearest_place_above_that_has_a_boundary():
    make.load(make.row("990201", make.box()), make.row("990201001", number=2))
    done = make.load(make.row("990201001001", make.box(5, 5)))
    assert sentences(done) == [(1, "It reaches beyond “990201 Place 201”, in which it must lie.")]


def test_a_parent_cannot_shrink_under_its_parts():
    make.town()
    done = make.load(make.row(make.COMMUNITY, make.box(wide=2, high=4)))
    assert done.changed == ()
    assert "would reach beyond it." in done.refused[0].sentence


def test_an_unknown_parent_is_refused():
    done = make.load(make.row("990299001", parent="990299"))
    assert sentences(done) == [(1, "The parent “990299” is not known, or was refused.")]
    done = make.load(make.row("990299001"))
    assert sentences(done) == [(1, "No place is known in which “990299001” lies.")]


def test_the_parts_of_a_refused_place_are_refused():
    make.town()
    done = make.load(
        make.row("990201001002", make.box(wide=2), number=1),
        make.row("990201001002001", number=2, parent="990201001002"),
    )
    assert [number for number, _sentence in sentences(done)] == [1, 2]
    assert sentences(done)[1][1] == "The parent “990201001002” is not known, or was refused."


def test_a_code_must_begin_with_its_parents():
    make.town()
    done = make.load(make.row("990202001", parent="990201"))
    assert sentences(done) == [(1, "The code must begin with its parent's code “990201”.")]


def test_a_code_twice_in_a_file_is_refused():
    done = make.load(make.row("990201"), make.row("990201", number=2, name_zh="另一个"))
    assert sentences(done) == [(2, "Row 1 has this code already.")]


def test_an_unknown_level_is_refused():
    done = make.load(make.row("990201", level="kingdom"))
    assert sentences(done) == [(1, "There is no level “kingdom”.")]


def test_a_place_cannot_lie_in_one_of_its_own_level():
    make.town()
    done = make.load(make.row(f"{make.COMMUNITY}001001", level="grid"))
    assert sentences(done) == [(1, "A place of level “Grid” cannot lie in “Place 001”.")]


def test_a_place_cannot_change_its_level():
    make.town()
    done = make.load(make.grid(1, None, level="micro_grid"))
    assert sentences(done) == [
        (1, "“Place 001” has this code and another level or parent. A place cannot be moved.")
    ]


def test_a_fault_of_the_file_is_passed_on():
    done = make.load(make.row("990201", fault="The boundary cannot be read."))
    assert sentences(done) == [(1, "The boundary cannot be read.")]


def test_sentences_are_told_in_chinese():
    with override("zh-hans"):
        done = make.load(make.row("990201", level="kingdom"))
        assert sentences(done) == [(1, "没有“kingdom”这一级别。")]


def test_only_administrators_import_plant_and_rename():
    place = make.town()
    names: dict[str, Any] = {"name_zh": "x", "name_en": "", "local_code": "", "also": []}
    for refused in (
        lambda: import_places([], by=SOMEBODY, at=make.AT),
        lambda: load_levels(by=SOMEBODY, at=make.AT),
        lambda: plant_district("demo", by=SOMEBODY, at=make.AT),
        lambda: rename(place, **names, by=SOMEBODY, at=make.AT),
    ):
        with pytest.raises(PermissionDenied):
            refused()


# --- Levels, names, the synthetic district.


def test_levels_are_loaded_once():
    assert load_levels(by=SYSTEM, at=make.AT) == 5
    assert load_levels(by=SYSTEM, at=make.AT) == 0
    assert list(Level.objects.order_by("rank").values_list("code", flat=True)) == [
        "district",
        "township",
        "community",
        "grid",
        "micro_grid",
    ]


def test_a_level_that_was_renamed_stays_so():
    load_levels(by=SYSTEM, at=make.AT)
    Level.objects.filter(code="township").update(name_zh="镇街")
    load_levels(by=SYSTEM, at=make.AT)
    assert Level.objects.get(code="township").name_zh == "镇街"


def test_a_place_is_renamed_and_the_map_notices():
    place, before = make.town(), stamp()
    also = [" 霁月路 ", "", "霁月路"]
    rename(place, name_zh="霁桥社区", name_en="", local_code="J1", also=also, by=SYSTEM, at=make.AT)
    place.refresh_from_db()
    assert (place.name_zh, place.name_en, place.local_code, place.also, place.version) == (
        "霁桥社区",
        "",
        "J1",
        ["霁月路"],
        2,
    )
    assert stamp() != before


def test_of_two_who_rename_one_wins():
    ours = make.town()
    theirs = Place.objects.get(pk=ours.pk)
    names: dict[str, Any] = {
        "name_en": "",
        "local_code": "",
        "also": [],
        "by": SYSTEM,
        "at": make.AT,
    }
    rename(ours, name_zh="甲", **names)
    with pytest.raises(MoveLost, match="Somebody else changed this place first"):
        rename(theirs, name_zh="乙", **names)
    ours.refresh_from_db()
    assert ours.name_zh == "甲"


def test_a_place_cannot_lose_its_chinese_name():
    place = make.town()
    with pytest.raises(ValidationError) as refusal:
        rename(place, name_zh=" ", name_en="x", local_code="", also=[], by=SYSTEM, at=make.AT)
    assert refusal.value.messages == ["A place needs a Chinese name."]


def test_the_demo_district_is_planted_once():
    assert plant_district("demo", by=SYSTEM, at=make.AT) == 123
    before = stamp()
    assert plant_district("demo", by=SYSTEM, at=make.AT) == 0
    assert (Place.objects.count(), stamp()) == (123, before)


def test_a_planted_district_cannot_change_its_size():
    plant_district("demo", by=SYSTEM, at=make.AT)
    with pytest.raises(ValidationError) as refusal:
        plant_district("district", by=SYSTEM, at=make.AT)
    assert refusal.value.messages == [
        "The synthetic district is there already, with 123 places. It cannot change its size."
    ]


def test_there_is_no_district_of_another_size():
    with pytest.raises(ValidationError) as refusal:
        plant_district("huge", by=SYSTEM, at=make.AT)
    assert refusal.value.messages == [
        "There is no district of size “huge”. Choose one of: demo, district."
    ]


def test_planting_gives_what_importing_gives():
    rows = synthetic.district(synthetic.SIZES["demo"])
    columns = [
        f.attname for f in Place._meta.fields if f.attname not in ("id", "parent_id", "level_id")
    ]

    def stored():
        places = Place.objects.order_by("code").values(*columns, "parent__code", "level__code")
        return [place | {"boundary": bytes(place["boundary"])} for place in places]

    with transaction.atomic():
        plant_district("demo", by=SYSTEM, at=make.AT)
        planted = stored()
        assert import_places(rows, by=SYSTEM, at=make.AT).n_same == 123
        transaction.set_rollback(True)
    assert len(import_places(rows, by=SYSTEM, at=make.AT).added) == 123
    assert stored() == planted


def test_the_large_district_is_planted_within_20_seconds():
    began = process_time()
    assert plant_district("district", by=SYSTEM, at=make.AT) == 4083
    assert process_time() - began < 20


# --- The command.


def test_the_command_imports_a_file_and_lists_what_it_refused(tmp_path, capsys):
    path = tmp_path / "places.csv"
    rows = "code,name_zh,level\n990201,霁桥区,district\n9902,澄渡区,kingdom\n"
    path.write_text(rows, encoding="gb18030")
    call_command("import_places", str(path), crs="WGS84")
    shown = capsys.readouterr()
    assert shown.out == "1 added, 0 changed, 0 as they were, 1 refused.\n"
    assert shown.err == "Row 2 (9902): There is no level “kingdom”.\n"


def test_the_command_says_why_a_file_cannot_be_read(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_places", str(tmp_path / "none.csv"), crs="WGS84")

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.audit.actors import SYSTEM
from gongzhi.base import text
from gongzhi.matters import actions, rules
from gongzhi.matters.actions.bulk import batch
from gongzhi.matters.models import Matter, SearchWords, mark_of, new_key
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db


def finding(sought: str) -> list[str]:
    """Return the texts that full text finds, the latest first."""
    words = text.sought(sought)
    found = Matter.objects.finding(words).order_by("-search_words__key") if words else []
    return [matter.text for matter in found]


@pytest.mark.parametrize(
    "sought",
    ["路灯", "灯", "不亮", "人民路", "人民路 路灯", "LED", "led5", "Street lamp", "lamp str"],
)
def test_full_text_finds_words_of_text_kind_and_address(town, sought):
    made = make.matter(town, text="LED5 坏了。", address="人民路 5 号")
    assert finding(sought) == [made.text]
    assert finding(f"{sought} 水管") == []


def test_full_text_finds_the_names_of_all_the_places_a_matter_lies_in(town):
    made = make.matter(town)
    for place in (town.district, town.township, town.community, town.grid):
        assert finding(place.name_zh) == [made.text]


def test_full_text_finds_nothing_of_who_raised_it_or_what_was_noted(town):
    made = make.matter(
        town,
        text="路灯不亮，我的电话 13800138000",
        contact=Contact("欧阳修竹", "13800138000", "xiu@example.org"),
    )
    actions.add(made, words="补充说明：榆树底下", by=rules.holder(made), at=make.NOON)
    actions.note(made, words="备注：请看桥墩", by=town.staff("acceptor"), at=make.NOON)
    for sought in ("欧阳修竹", "13800138000", "xiu@example.org", "榆树", "桥墩"):
        assert finding(sought) == []
    assert finding("路灯") == [made.text]


def test_a_number_or_its_parts_find_the_matter(town):
    made = make.matter(town)
    day, _area, serial, _check = made.number.split("-")
    for sought in (made.number, f"{day} {serial}", serial, serial[:4]):
        assert made.text in finding(sought)


def test_another_kind_or_place_is_found_by_its_new_name_only(town):
    made = make.matter(town, text="坏了")
    actions.sort(made, kind=town.hole, urgent=False, by=town.staff("acceptor"), at=make.NOON)
    assert finding(town.hole.name_zh) == ["坏了"]
    assert finding(town.lamp.name_zh) == []
    actions.relocate(made, place=town.next_grid, by=town.staff("acceptor"), at=make.NOON)
    assert finding(town.next_grid.name_zh) == ["坏了"]
    assert finding(town.grid.name_zh) == []


def test_what_is_found_comes_in_the_order_of_its_receipt(town):
    for n in (2, 0, 1):
        make.matter(town, text=f"路灯{n}", at=make.NOON + timedelta(minutes=n))
    assert finding("路灯") == ["路灯2", "路灯1", "路灯0"]


def test_a_batch_keeps_search_words_like_one(town):
    with batch():
        make.matter(town, text="水管漏水")
    assert finding("漏水") == ["水管漏水"]


def test_the_command_writes_all_search_words_anew(town):
    first, second = make.matter(town, text="树枝"), make.matter(town, text="水管")
    SearchWords.objects.filter(matter=first).update(words="别的")
    SearchWords.objects.filter(matter=second).delete()
    assert (finding("树枝"), finding("水管")) == ([], [])
    call_command("reindex")
    assert (finding("树枝"), finding("水管")) == (["树枝"], ["水管"])


def test_only_the_system_writes_search_words_anew(town):
    with pytest.raises(PermissionDenied):
        actions.reindex(by=town.staff("administrator"), at=make.NOON)
    assert actions.reindex(by=SYSTEM, at=make.NOON) is None


TEXTS = [
    "路灯不亮了",
    "灯亮着 路边",
    "LED lamp 5",
    "亮灯 led5 楼",
    "五号楼 e\u0301te\u0301",
    "𠮷路 '%_\\",
]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sought=st.text("路灯不亮楼𠮷aeLD5 '\"%_*:&|!()<>-\\\0é", max_size=12))
def test_both_databases_find_what_a_scan_finds(town, sought):
    if not Matter.objects.exists():
        for n, said in enumerate(TEXTS):
            make.matter(town, text=said, at=make.NOON + timedelta(minutes=n))
    words = text.sought(sought)

    def holds(row: SearchWords) -> bool:
        known = row.words.split()
        return all(
            any(k.startswith(w[:-1]) if w.endswith("*") else k == w for k in known) for w in words
        )

    rows = SearchWords.objects.select_related("matter").order_by("-key")
    assert finding(sought) == [row.matter.text for row in rows if words and holds(row)]


def test_keys_grow_with_the_second_and_thousands_of_one_second_differ():
    assert max(new_key(make.NOON) for _n in range(200)) < new_key(make.NOON + timedelta(seconds=1))
    # Drawn from four thousand million: that two of these are alike happens once in 8,000 runs.
    assert len({new_key(make.NOON) for _n in range(1000)}) == 1000


def test_an_office_finds_by_its_mark_what_it_has_or_had(town):
    here = make.walk(town, make.matter(town, text="灯坏了。"), "accept", "dispatch")
    make.walk(town, make.matter(town, text="灯也坏了。"), "accept")
    gone = make.matter(town, text="灯还坏了。")
    make.walk(town, gone, "accept", "dispatch", "object", "send_back")
    actions.sort(gone, kind=town.hole, urgent=False, by=town.staff("dispatcher"), at=make.NOON)
    mine = [*text.sought("灯"), mark_of(town.lights.pk)]
    assert set(Matter.objects.finding(mine)) == {here, gone}
    assert actions.reindex(by=SYSTEM, at=make.NOON) is None
    assert set(Matter.objects.finding(mine)) == {here, gone}
    assert not Matter.objects.finding([mark_of(town.roads.pk)]).exists()

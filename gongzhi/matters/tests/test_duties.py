from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import override

from gongzhi.accounts.actions import found
from gongzhi.accounts.models import Office
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.deadlines.models import Calendar
from gongzhi.matters import actions, limits
from gongzhi.matters.actions.bulk import batch
from gongzhi.matters.models import Duty, Matter
from gongzhi.matters.queries import course_of, duty_for, explained
from gongzhi.matters.tests import make
from gongzhi.places.models import Level, Place

pytestmark = pytest.mark.django_db

FIRST = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def listed(town: make.Town, **says: Any) -> Duty:
    """List whose duty lamps are in the district from the first of January on."""
    usual: dict[str, Any] = {
        "kind_code": "lamp",
        "place": town.district,
        "level": town.district.level,
        "lead": town.lights,
        "listed_on": FIRST,
        "by": SYSTEM,
        "at": make.NOON,
    }
    return actions.list_duty(**(usual | says))


def office(place: Place, code: str = "street") -> Office:
    """Found an office in a place."""
    return found(
        code=code, duty=code, name_zh="街道办事处", name_en="Street", place=place,
        calendar=Calendar.objects.get(), by=SYSTEM, at=make.NOON,
    )  # fmt: skip


def whose(town: make.Town, on: date = make.TODAY, kind: str = "lamp") -> str:
    """Return the code of the office that leads in the grid."""
    row = duty_for(kind, town.grid.path, on)
    return row.lead.code if row else ""


def test_the_nearest_row_up_the_chain_says_who_leads_and_who_helps(town):
    listed(town)
    street = office(town.township)
    listed(town, place=town.township, level=town.township.level, lead=street,
           co_offices=[town.roads, town.lights])  # fmt: skip
    row = duty_for("lamp", town.grid.path, make.TODAY)
    assert row is not None
    assert (row.lead, row.place) == (street, town.township)
    assert {one.code for one in row.co_offices.all()} == {"roads", "lights"}
    elsewhere = duty_for("lamp", town.district.path, make.TODAY)
    assert elsewhere is not None
    assert elsewhere.lead == town.lights


def test_of_two_levels_at_one_place_the_lower_leads(town):
    listed(town)
    listed(town, level=Level.objects.get(code="township"), lead=town.roads)
    assert whose(town) == "roads"


def test_an_edition_begins_on_its_day_and_ends_the_one_before(town):
    old = listed(town)
    new = listed(town, lead=town.roads, listed_on=date(2026, 3, 10))
    old.refresh_from_db()
    assert (old.delisted_on, new.edition) == (date(2026, 3, 10), 2)
    assert [whose(town, date(2026, 3, day)) for day in (9, 10)] == ["lights", "roads"]


def test_a_row_that_was_delisted_counts_no_more_from_that_day(town):
    actions.delist_duty(listed(town), on=date(2026, 3, 1), by=SYSTEM, at=make.NOON)
    assert [whose(town, on) for on in (date(2026, 2, 28), date(2026, 3, 1))] == ["lights", ""]


def test_every_change_of_the_list_is_in_its_history(town):
    row = listed(town, co_offices=[town.roads])
    actions.delist_duty(row, on=date(2027, 1, 1), by=SYSTEM, at=make.NOON)
    said = Entry.objects.filter(subject=row.pk).order_by("seq").values_list("verb", "facts")
    assert list(said) == [
        (
            "duty.list",
            {
                "kind": "lamp",
                "place": "990101",
                "level": "district",
                "edition": 1,
                "lead": "lights",
                "co_offices": ["roads"],
                "listed_on": "2026-01-01",
            },
        ),
        ("duty.delist", {"on": "2027-01-01"}),
    ]


@pytest.mark.parametrize("role", ["acceptor", "dispatcher", "handler", "supervisor", "worker"])
def test_only_an_administrator_changes_the_list(town, role):
    row = listed(town)
    with pytest.raises(PermissionDenied, match="Only an administrator may change the duty list"):
        listed(town, by=town.staff(role))
    with pytest.raises(PermissionDenied, match="Only an administrator may change the duty list"):
        actions.delist_duty(row, on=date(2027, 1, 1), by=town.staff(role), at=make.NOON)


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"kind_code": "unheard"}, "No kind of this code is listed on that day."),
        ({"listed_on": date(2020, 1, 1)}, "No kind of this code is listed on that day."),
        ({"co_offices": ["lights"]}, "An office has one part in a row: name it once."),
        (
            {"co_offices": ["roads"], "otherwise": "roads"},
            "An office has one part in a row: name it once.",
        ),
        ({"otherwise": "lights"}, "Whose duty it is otherwise must be another office."),
        ({"limit_value": 3}, "A time limit is at least 1, with its unit."),
        ({"urgent_unit": "work_day"}, "A time limit is at least 1, with its unit."),
        ({"delisted_on": FIRST}, "A row ends on a day after the one it begins on."),
        ({"lead": "street"}, "“Street” serves 990101001, which does not cover 990101."),
        ({"lead": "shut"}, "“Street” is closed."),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_what_is_wrong(town, says, sentence):
    offices = {"lights": town.lights, "roads": town.roads, "street": office(town.township)}
    offices["shut"] = office(town.district, "shut")
    actions.shut_office(offices["shut"], by=SYSTEM, at=make.NOON)
    named = {name: offices.get(told, told) if isinstance(told, str) else told
             for name, told in says.items()}  # fmt: skip
    if "co_offices" in named:
        named["co_offices"] = [offices[code] for code in named["co_offices"]]
    with pytest.raises(ValidationError) as refused:
        listed(town, **named)
    assert (refused.value.messages, Duty.objects.count()) == ([sentence], 0)


def test_an_edition_on_the_day_of_the_one_before_is_refused(town):
    listed(town)
    with pytest.raises(ValidationError, match="A new edition begins after the one before it"):
        listed(town, lead=town.roads)


def test_the_limit_of_a_row_is_promised_instead_of_that_of_the_kind(town):
    listed(town, limit_value=2, limit_unit="work_day")
    matter = make.walk(town, make.matter(town), "accept")
    assert matter.answer_by == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)  # not the 9th
    assert course_of(Matter.objects.get()).limit == limits.answering(matter)


def test_a_row_without_a_limit_leaves_that_of_the_kind(town):
    listed(town, urgent_value=2, urgent_unit="urgent_hour")
    plain = make.walk(town, make.matter(town), "accept")
    urgent = make.walk(town, make.matter(town, urgent=True), "accept")
    assert limits.answering(plain) == town.lamp.limit(urgent=False)
    assert urgent.answer_by == make.NOON + timedelta(hours=2)


def test_a_matter_keeps_the_row_it_was_accepted_under(town):
    old = listed(town, limit_value=2, limit_unit="work_day", ground="《照明条例》第三条")
    matter = make.walk(town, make.matter(town), "accept")
    later = make.NOON + timedelta(days=1)
    listed(town, listed_on=date(2026, 3, 3), limit_value=9, limit_unit="work_day")
    make.walk(town, matter, "dispatch", "acknowledge", "answer", "rework", at=later)
    kept = Matter.objects.get()
    assert (kept.duty, limits.answering(kept).value) == (old, 2)
    assert kept.answer_by == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
    assert "《照明条例》第三条" in explained(kept).article


def test_another_kind_or_place_brings_the_row_that_counts_there(town):
    listed(town, limit_value=2, limit_unit="work_day")
    near = listed(town, place=town.next_grid, limit_value=1, limit_unit="work_day")
    hole = listed(town, kind_code="hole", lead=town.roads)
    matter = make.walk(town, make.matter(town), "accept", "relocate")
    assert (matter.duty, matter.answer_by) == (near, datetime(2026, 3, 3, 9, 30, tzinfo=UTC))
    by = town.staff("dispatcher")
    actions.sort(matter, kind=town.hole, urgent=False, by=by, at=make.NOON)
    assert (matter.duty, limits.answering(matter)) == (hole, town.hole.limit(urgent=False))


def test_a_load_of_many_goes_by_the_same_list(town):
    listed(town)
    street = office(town.township)
    row = listed(town, place=town.township, lead=street, limit_value=2, limit_unit="work_day")
    listed(town, place=town.township, lead=street, listed_on=date(2026, 5, 1))
    with batch():
        make.walk(town, make.matter(town), "accept")
    stored = Matter.objects.get()
    assert (stored.duty, stored.answer_by) == (row, datetime(2026, 3, 4, 9, 30, tzinfo=UTC))

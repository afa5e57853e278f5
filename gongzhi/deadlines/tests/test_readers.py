from __future__ import annotations

import csv
import json
from datetime import date, timedelta

import pytest

from gongzhi.deadlines.clocks import Refused
from gongzhi.deadlines.readers import Listed, faults, of_country, published, read_list


def works_of(listed) -> list[date]:
    """The working days of 2025 and 2026 by a list."""
    unlike = {day.on: day.works for day in listed}
    every = (date(2025, 1, 1) + timedelta(days=n) for n in range(730))
    return [day for day in every if unlike.get(day, day.weekday() < 5)]


def test_two_libraries_agree_on_every_day_of_2025_and_2026():
    assert works_of(published()[0]) == works_of(of_country("CN", "", range(2025, 2027)))


def test_the_published_list_of_both_years_is_the_same(shared):
    said = json.loads(shared("law/tables/cn_workdays_2025_2026.json").read_text(encoding="utf-8"))
    worked = works_of(published()[0])
    assert [sum(d.year == y for d in worked) for y in (2025, 2026)] == [
        said["years"]["2025"]["workdays"],
        said["years"]["2026"]["workdays"],
    ]


def test_the_six_make_up_days_of_2026():
    found, last = published()
    assert last == date(2026, 12, 31)
    assert [day.on.isoformat() for day in found if day.works and day.on.year == 2026] == [
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]


@pytest.mark.parametrize(
    ("country", "on", "name"),
    [
        ("FR", date(2026, 7, 14), "National Day"),
        ("JP", date(2026, 5, 5), "Children's Day"),
        ("DE", date(2026, 10, 3), "German Unity Day"),
    ],
)
def test_holidays_of_other_countries_are_named_in_english(country, on, name):
    assert {day.on: day.name for day in of_country(country, "", range(2026, 2027))}[on] == name


def test_a_country_that_nobody_knows_is_refused():
    with pytest.raises(Refused) as refusal:
        of_country("US", "ATLANTIS", range(2026, 2027))
    assert str(refusal.value) == "No holidays are known for “US-ATLANTIS”."


def test_a_file_is_read_with_its_signature_and_chinese_words():
    text = "\ufeffdate,works,name\n2027-01-01,0,元旦\n2027-01-03,上班,\n"
    assert read_list(text) == [
        Listed(date(2027, 1, 1), works=False, name="元旦"),
        Listed(date(2027, 1, 3), works=True, name=""),
    ]


@pytest.fixture
def _usual_limit():
    """Whoever reads long messages in this process may have raised it."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("_usual_limit")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The first line must name the columns date, works and name."),
        ("day,off\n2027-01-01,1\n", "The first line must name the columns date, works and name."),
        ("date,works,name\n", "The list holds no day."),
        ("date,works,name\n\n", "The list holds no day."),
        (
            "date,works,name\n2027-02-29,0,x\n",
            "Line 2: “2027-02-29” is no date such as 2027-01-01.",
        ),
        ("date,works,name\n2027-01-01,x,x\n", "Line 2: “works” must be 1 or 0."),
        ("date,works\n2027-01-01,1\n2027-01-01,0\n", "Line 3: this day is in the list twice."),
    ],
)
def test_a_file_with_a_fault_is_refused_with_its_line(text, says):
    with pytest.raises(Refused) as refusal:
        read_list(text)
    assert str(refusal.value) == says


def test_every_fault_of_a_file_is_told_with_its_line():
    text = "date,works,name\n2027-01-01,0,x\n2027-13-01,0,x\n2027-01-02,no idea,x\n2027-01-01,1,x\n"
    assert [str(fault) for fault in faults(text)] == [
        "Line 3: “2027-13-01” is no date such as 2027-01-01.",
        "Line 4: “works” must be 1 or 0.",
        "Line 5: this day is in the list twice.",
    ]
    assert faults("date,works,name\r2027-01-01,0,x\r") == []


def test_a_line_that_is_no_csv_is_told_with_its_number():
    longest = csv.field_size_limit(1_000)  # others read longer cells, and raise it for all
    try:
        (fault,) = faults(f"date,works,name\n2027-01-01,0,{'x' * 2_000}\n")
    finally:
        csv.field_size_limit(longest)
    assert str(fault) == "Line 2: this cannot be read as CSV."

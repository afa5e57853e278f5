from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.matters import actions
from gongzhi.matters.forms import FORMS, About
from gongzhi.matters.models import Duty, Kind, Matter
from gongzhi.matters.queries import (
    NEEDED,
    compare,
    faults,
    leads,
    responsible,
    rows_of,
)
from gongzhi.matters.queries.duty_file import PLAIN
from gongzhi.matters.readers import read_records
from gongzhi.matters.tests import make
from gongzhi.matters.tests.test_duties import FIRST, listed, office
from gongzhi.places.models import Place

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def form_of(town: make.Town, matter: Matter) -> Any:
    """Return the form with which a matter is dispatched."""
    return FORMS["dispatch"](about=About(matter, town.staff("dispatcher"), make.NOON), name="d")


def dispatch_form(town: make.Town) -> Any:
    """Return the form with which a matter about a lamp is dispatched."""
    return form_of(town, make.walk(town, make.matter(town), "accept"))


def sentences(on: date = make.TODAY) -> list[str]:
    return [fault.sentence for fault in faults(on)]


# --- To whom a matter should go.


def test_the_form_offers_the_lead_of_the_row_first_with_who_helps(town):
    row = listed(town, lead=town.roads, co_offices=[town.lights])
    form = dispatch_form(town)
    assert (form.initial["office"], form.whose.duty) == ("roads", row)
    assert form.whose.helpers == (town.lights,)


def test_without_a_row_the_form_offers_the_office_with_the_duty_of_the_kind(town):
    form = dispatch_form(town)
    assert (form.initial["office"], form.whose.duty) == ("lights", None)


def test_after_the_lead_gave_it_back_the_form_offers_whose_duty_it_is_otherwise(town):
    listed(town, otherwise=town.roads)
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "object", "send_back")
    form = form_of(town, matter)
    assert form.initial["office"] == "roads"


def test_a_complaint_is_never_offered_to_the_office_it_is_about(town):
    listed(town, co_offices=[town.roads])
    matter = make.walk(town, make.matter(town), "accept")
    matter.about_office = town.roads
    form = form_of(town, matter)
    assert form.whose.helpers == ()


def test_everybody_is_told_who_answers_for_what_at_a_place(town):
    row = listed(town, place=town.township, lead=town.roads)
    told = {kind.code: (duty, lead) for kind, duty, lead in responsible(town.grid.path, make.TODAY)}
    assert told["lamp"] == (row, town.roads)
    assert told["hole"] == (None, town.roads)
    assert leads(make.TODAY)["lamp"] == {"roads"}
    assert leads(make.TODAY)["hole"] == {"roads"}


# --- Gaps and contradictions.


def test_a_kind_that_no_office_answers_for_is_a_gap_since_its_row_ended(town):
    Kind.objects.filter(code="lamp").update(duty="nobodys")
    assert sentences() == ["No office for “Street lamp out” in 990101."]
    row = listed(town)
    assert sentences() == []
    actions.delist_duty(row, on=MARCH, by=SYSTEM, at=make.NOON)
    assert sentences() == ["No office for “Street lamp out” in 990101 since 2026-03-01."]


def test_the_gap_is_the_largest_place_that_is_left_out(town):
    Kind.objects.filter(code="lamp").update(duty="nobodys")
    listed(town, place=town.grid)
    assert sentences() == ["No office for “Street lamp out” in 990101001001002."]


def test_a_closed_office_a_kind_and_a_place_that_are_no_more_are_listed(town):
    street = office(town.township)
    row = listed(town, place=town.township, lead=street, co_offices=[town.roads])
    assert sentences() == []
    Office.objects.filter(pk=street.pk).update(is_active=False)
    Place.objects.filter(pk=town.township.pk).update(valid_to=make.TODAY)
    actions.delist(town.lamp, on=MARCH, by=SYSTEM, at=make.NOON)
    said = [fault.sentence for fault in faults(date(2026, 3, 3)) if fault.row == row]
    assert said == [
        "“Street” is closed.",
        "The catalogue lists no such kind any more.",
        "The place is no more.",
    ]


def test_offices_that_hand_on_in_a_circle_are_refused(town):
    listed(town, otherwise=town.roads)
    with pytest.raises(
        ValidationError, match=r"The offices go in a circle: roads → lights → roads"
    ):
        listed(town, place=town.township, lead=town.roads, otherwise=town.lights)


def test_a_circle_through_a_row_below_is_refused_as_well(town):
    listed(town, place=town.township, otherwise=town.roads)
    with pytest.raises(ValidationError, match=r"go in a circle: lights → roads → lights"):
        listed(town, lead=town.roads, otherwise=town.lights)


def test_what_is_wrong_costs_as_much_for_many_rows_as_for_few(town):
    listed(town, co_offices=[town.roads])
    with CaptureQueriesContext(connection) as few:
        faults(make.TODAY)
    for n in range(5):
        listed(town, listed_on=date(2027, 1, 1 + n), co_offices=[town.roads])
    with CaptureQueriesContext(connection) as many:
        faults(make.TODAY)
    assert len(many) <= len(few) <= 7


def test_an_office_that_stands_in_the_list_is_not_closed(town):
    street = office(town.township)
    listed(town, place=town.township, co_offices=[street])
    with pytest.raises(ValidationError, match="It stands in 1 row of the duty list"):
        actions.shut_office(street, by=SYSTEM, at=make.NOON)
    assert Office.objects.get(pk=street.pk).is_active
    assert [row.place for row in rows_of([street.pk], make.TODAY)] == [town.township]


# --- Two days compared.


def test_two_days_differ_by_what_is_new_gone_and_changed(town):
    listed(town, ground="第三条", ground_en="Art. 3")
    gone = listed(town, kind_code="hole", lead=town.roads)
    actions.delist_duty(gone, on=MARCH, by=SYSTEM, at=make.NOON)
    listed(town, lead=town.roads, listed_on=MARCH, ground="第三条", ground_en="Art. 3",
           limit_value=2, limit_unit="work_day")  # fmt: skip
    new = listed(town, place=town.township, listed_on=MARCH)
    found = compare(date(2026, 2, 1), MARCH)
    assert [(d.row.kind_code, d.before is None, d.after is None) for d in found] == [
        ("hole", False, True),
        ("lamp", False, False),
        ("lamp", True, False),
    ]
    assert [(str(label), *said) for label, *said in found[1].fields] == [
        ("Lead office", "lights", "roads"),
        ("Time limit", "", "2 work days"),
    ]
    assert found[2].after == new
    assert compare(MARCH, MARCH) == []


# --- Files.


COLUMNS = (
    "kind",
    "place",
    "level",
    "lead",
    "co_offices",
    "otherwise",
    *PLAIN,
    "listed_on",
    "delisted_on",
)


@pytest.fixture
def file(tmp_path, town):
    """Write a duty list: a row for lamps in the district, with changes."""
    usual = {
        "kind": "lamp",
        "place": "990101",
        "level": "district",
        "lead": "lights",
        "co_offices": "roads",
        "listed_on": "2026-01-01",
    }

    def write(*changes: dict[str, Any]) -> Path:
        path: Path = tmp_path / "duties.xlsx"
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, COLUMNS)
            for n, change in enumerate(changes, start=1):
                row = usual | change
                sheet.write_row(n, 0, [row.get(name, "") for name in COLUMNS])
        return path

    return write


def bring(path: Path, **says: Any) -> actions.Taken:
    usual: dict[str, Any] = {"by": SYSTEM, "at": make.NOON}
    return actions.import_duties(read_records(path, NEEDED), **(usual | says))


def figures(taken: actions.Taken) -> tuple[int, int, int]:
    return taken.n_added, taken.n_ended, taken.n_same


def test_a_file_brings_its_rows_and_the_same_file_again_changes_nothing(town, file):
    path = file(
        {"limit_value": 2, "limit_unit": "work_day", "otherwise": ""},
        {"listed_on": "2026-03-01", "lead": "roads", "co_offices": ""},
        {"kind": "hole", "lead": "roads", "co_offices": "", "delisted_on": "2026-06-01"},
    )
    assert figures(bring(path)) == (3, 0, 0)
    entries = Entry.objects.count()
    assert figures(bring(path)) == (0, 0, 3)
    assert (Duty.objects.count(), Entry.objects.count()) == (3, entries)
    first = Duty.objects.get(edition=1, kind_code="lamp")
    assert (first.delisted_on, first.limit_value) == (MARCH, 2)
    assert [o.code for o in first.co_offices.all()] == ["roads"]


def test_one_bad_row_refuses_the_file_and_each_is_named_by_its_number(town, file):
    path = file(
        {},
        {"kind": "unheard", "listed_on": "2026-01-02"},
        {"place": "99", "listed_on": "2026-01-02"},
        {"lead": "nobody", "listed_on": "2026-01-02"},
        {"level": "moon", "listed_on": "2026-01-02"},
        {"listed_on": "soon"},
        {"listed_on": "2026-01-02", "delisted_on": "2026-01-02"},
        {"listed_on": "2026-01-01", "lead": "roads", "co_offices": ""},
        {"listed_on": ""},
    )
    taken = bring(path)
    assert [number for number, _why in taken.refused] == [3, 4, 5, 6, 7, 8, 9, 10]
    why = dict(taken.refused)
    assert why[3] == "No kind of this code is listed on that day."
    assert why[4] == "There is no place with the code “99”."
    assert why[5] == "There is no office with the code “nobody”."
    assert why[6].startswith("There is no level “moon”; there are: district, township")
    assert why[7].startswith("A number or a day cannot be read:")
    assert why[8] == "A row ends on a day after the one it begins on."
    assert why[9].startswith("A row is listed for this day that says something else")
    assert why[10] == "Say from which day on the row is listed."
    assert Duty.objects.count() == 0


def test_a_look_at_a_file_keeps_nothing(town, file):
    assert figures(bring(file({}), dry_run=True)) == (1, 0, 0)
    assert Duty.objects.count() == 0


def test_a_file_may_end_a_row_that_stands(town, file):
    bring(file({}))
    assert figures(bring(file({"delisted_on": "2026-05-01"}))) == (0, 1, 0)
    assert Duty.objects.get().delisted_on == date(2026, 5, 1)


def test_only_an_administrator_takes_in_a_file(town, file):
    with pytest.raises(PermissionDenied):
        bring(file({}), by=town.staff("dispatcher"))


def test_the_command_says_what_came_of_a_file(town, file, capsys):
    call_command("import", "duties", file({}))
    assert "Rows listed: 1, ended: 0, as they were: 0." in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nothing was listed"):
        call_command("import", "duties", file({"kind": "unheard"}))
    assert "Row 2: No kind of this code" in capsys.readouterr().err
    assert listed(town, listed_on=MARCH).edition == 2
    assert Duty.objects.get(edition=1).listed_on == FIRST

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.deadlines import actions
from gongzhi.deadlines.models import Calendar, Day, Recount
from gongzhi.manage import queries as asked
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
CN = "/manage/calendars/cn/"


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client(town):
    client = Client(headers={"accept-language": "en"})
    client.force_login(town.administrator)
    return client


@pytest.fixture
def calendar(town):
    return town.roads.calendar


def told(answer):
    return answer.content.decode()


def shown(answer) -> dict[date, asked.Cell]:
    """Return the days of the month on a page."""
    return {cell.on: cell for week in answer.context["weeks"] for cell in week if cell}


def change(client, on, says, name=""):
    return client.post(f"{CN}day/", {"on": on, "says": says, "name": name})


def upload(client, text, encoding="utf-8"):
    file = SimpleUploadedFile("days.csv", text.encode(encoding))
    return client.post(f"{CN}list/", {"file": file})


# --- The months.


def test_the_calendars_are_listed_with_the_offices_that_keep_them(client):
    (only,) = client.get("/manage/calendars/").context["calendars"]
    assert (only.code, only.n_offices) == ("cn", 2)


def test_a_month_shows_holidays_make_up_days_and_weekends(client):
    page = client.get(f"{CN}?month=2026-10")

    days = shown(page)
    assert len(days) == 31
    assert [len(week) for week in page.context["weeks"]] == [7] * 5
    sorts = {n: str(days[date(2026, 10, n)].sort) for n in (4, 7, 8, 10, 11)}
    assert sorts == {4: "holiday", 7: "holiday", 8: "work_day", 10: "make_up", 11: "weekend"}
    assert days[date(2026, 10, 10)].name == "国庆节"
    assert "October 2026" in told(page)


def test_days_after_the_last_confirmed_one_are_provisional(client):
    assert not any(
        cell.is_provisional for cell in shown(client.get(f"{CN}?month=2026-12")).values()
    )
    page = client.get(f"{CN}?month=2027-01")

    assert all(cell.is_provisional for cell in shown(page).values())
    assert "Provisional after 2026-12-31" in told(page)


def test_other_months_and_years_are_links(client):
    page = told(client.get(f"{CN}?month=2026-01"))
    for month in ("2025-01", "2025-12", "2026-02", "2027-01"):
        assert f'href="{CN}?month={month}"' in page


@pytest.mark.parametrize(
    "query", ["month=2026-13", "month=x", "month=9999-01", "day=2026-02-30", "day=0001-01-01"]
)
def test_an_address_that_names_no_month_shows_the_present_one(client, query):
    page = client.get(f"{CN}?{query}")
    assert page.context["today"] in shown(page)


def test_the_first_and_the_last_year_end_the_links(client):
    assert "month=1900" not in told(client.get(f"{CN}?month=1901-01"))
    assert "month=2500" not in told(client.get(f"{CN}?month=2499-12"))


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same_whatever_is_listed(client, calendar, queries, n):
    for k in range(n):
        actions.seed_country(
            f"more{k}", country="DE", name_zh="某", name_en="More", zone="Europe/Berlin",
            by=SYSTEM, at=now(),
        )  # fmt: skip
        on = date(2027, 3, 1) + timedelta(days=2 * k)
        actions.edit_day(calendar, on=on, works=False, by=SYSTEM, at=now())
    for page in ("", "cn/?month=2027-03", "cn/list/", "cn/hours/"):
        client.get(f"/manage/calendars/{page}")
        with queries(f"calendars/{page}"):
            client.get(f"/manage/calendars/{page}")


# --- One day.


def test_a_day_is_made_a_holiday_and_is_again_what_the_week_says(client, calendar):
    answer = change(client, "2026-12-24", "off", "停电")

    assert answer.url == f"{CN}?month=2026-12"
    day = shown(client.get(answer.url))[date(2026, 12, 24)]
    assert (day.sort, day.name) == ("holiday", "停电")
    chosen = client.get(f"{CN}?day=2026-12-24").context["form"].initial
    assert (chosen["says"], chosen["name"]) == ("off", "停电")

    change(client, "2026-12-24", "week")
    assert shown(client.get(answer.url))[date(2026, 12, 24)].sort == "work_day"
    assert [entry.verb for entry in history(calendar.pk)][-2:] == ["calendar.day"] * 2


def test_a_saturday_is_worked(client):
    change(client, "2026-12-26", "works")
    assert shown(client.get(f"{CN}?month=2026-12"))[date(2026, 12, 26)].sort == "make_up"


@pytest.mark.parametrize(
    ("on", "says", "sentence"),
    [
        ("2026-12-24", "week", "This day is what the week says: there is nothing to remove."),
        ("0001-01-01", "works", "Only years from 1901 to 2499 can be listed."),
        ("9999-12-31", "off", "Only years from 1901 to 2499 can be listed."),
        ("1800-01-01", "off", "Only years from 1901 to 2499 can be listed."),
        ("2026-02-30", "off", "Enter a valid date."),
        ("2026-12-24", "perhaps", "Select a valid choice."),
    ],
)
def test_a_day_that_cannot_be_set_is_told_and_nothing_changes(client, on, says, sentence):
    before = list(Day.objects.order_by("on").values_list("on", "works", "name"))

    answer = change(client, on, says)

    assert (answer.status_code, sentence in told(answer)) == (422, True)
    assert f'href="{CN}?month=' in told(answer)
    assert list(Day.objects.order_by("on").values_list("on", "works", "name")) == before


# --- The list of a year.


LIST = "date,works,name\n2027-01-01,0,元旦\n2027-01-03,1,元旦\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_is_taken_over_and_its_year_confirmed(client, calendar, encoding):
    assert upload(client, LIST, encoding).url == f"{CN}list/"
    page = client.get(f"{CN}list/")
    assert "Days new or changed: 2." in told(page)
    assert [(run.name, run.works) for run in page.context["runs"]] == [
        ("元旦", False),
        ("元旦", True),
    ]

    client.post(f"{CN}confirm/", {"year": "2027"})

    calendar.refresh_from_db()
    assert calendar.confirmed_until == date(2027, 12, 31)
    days = shown(client.get(f"{CN}?month=2027-01"))
    assert [str(days[date(2027, 1, n)].sort) for n in (1, 2, 3)] == [
        "holiday",
        "weekend",
        "make_up",
    ]


def test_the_same_list_again_changes_nothing(client):
    upload(client, LIST)
    n = Recount.objects.count()

    upload(client, LIST)

    assert Recount.objects.count() == n
    assert "nothing is changed" in told(client.get(f"{CN}list/"))


def test_every_bad_line_of_a_list_is_told_with_its_number_and_nothing_changes(client):
    n = Day.objects.count()

    answer = upload(client, f"{LIST}2027-13-01,0,x\n2027-01-04,perhaps,x\n2027-01-01,1,x\n")

    assert answer.status_code == 422
    assert answer.context["faults"] == [
        "Line 4: “2027-13-01” is no date such as 2027-01-01.",
        "Line 5: “works” must be 1 or 0.",
        "Line 6: this day is in the list twice.",
    ]
    assert "3 lines are not right: nothing was taken over" in told(answer)
    assert Day.objects.count() == n


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day,off\n", "The first line must name the columns date, works and name."),
        ("date,works,name\n", "The list holds no day."),
        ("date,works\n1800-01-01,0\n", "Only years from 1901 to 2499 can be listed."),
        ("x" * 1_048_577, "The file is larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_list_is_told(client, text, sentence):
    answer = upload(client, text)
    assert (answer.status_code, sentence in told(answer)) == (422, True)


def test_a_file_that_is_no_text_is_told(client):
    answer = client.post(f"{CN}list/", {"file": SimpleUploadedFile("a.csv", b"\xff\xff\x00\x81")})
    assert (answer.status_code, "The file is no text." in told(answer)) == (422, True)


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        ("2026", "the year to confirm next is 2027"),
        ("2028", "the year to confirm next is 2027"),
        ("", "Say which year is confirmed."),
        ("99999", "Say which year is confirmed."),
    ],
)
def test_only_the_next_year_is_confirmed(client, calendar, year, sentence):
    answer = client.post(f"{CN}confirm/", {"year": year})

    assert (answer.status_code, sentence in told(answer)) == (422, True)
    calendar.refresh_from_db()
    assert calendar.confirmed_until == date(2026, 12, 31)


# --- Office hours.


def week(own=None, off=(5, 6), **says):
    days = {f"works_{n}": "on" for n in range(7) if n not in off}
    return days | {f"own_{n}": text for n, text in (own or {}).items()} | says


def test_hours_are_set_as_people_write_them(client, calendar):
    client.post(f"{CN}hours/", week(hours="9:00—12:00，13：00至17:30"))
    calendar.refresh_from_db()
    assert (calendar.hours, calendar.week) == ([["09:00", "12:00"], ["13:00", "17:30"]], [])


def test_a_weekday_has_hours_of_its_own_and_another_is_off(client, calendar):
    client.post(f"{CN}hours/", week({2: "09:00-12:00"}, off=(4, 6), hours="09:00-17:00"))

    calendar.refresh_from_db()
    usual = [["09:00", "17:00"]]
    assert calendar.week == [usual, usual, [["09:00", "12:00"]], usual, [], usual, []]
    form = client.get(f"{CN}hours/").context["form"]
    assert [own.initial for _works, own in form.weekdays()] == ["", "", "09:00-12:00", *[""] * 4]
    days = shown(client.get(f"{CN}?month=2026-12"))
    assert [str(days[date(2026, 12, n)].sort) for n in (11, 12)] == ["weekend", "work_day"]


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (
            week(hours="08:30-12:00, 11:30-17:30"),
            "Office hours overlap or are out of order at 11:30",
        ),
        (
            week(hours="13:30-17:30, 08:30-12:00"),
            "Office hours overlap or are out of order at 08:30",
        ),
        (week({0: "08:00-10:00, 09:00-11:00"}, hours="09:00-17:00"), "Office hours overlap"),
        (week({0: "22:00-10:00"}, hours="09:00-17:00"), "a shift goes on into the next day"),
        (week(off=range(7), hours="09:00-17:00"), "on at least one day of the week"),
        (week(hours="09:00-25:00"), "Write office hours as 08:30 to 12:00."),
        (week(hours="all day"), "“all day” is no span of time"),
        (week({3: "mornings"}, hours="09:00-17:00"), "“mornings” is no span of time"),
        (week({5: "09:00-12:00"}, hours="09:00-17:00"), "Tick the day as well, or take its hours"),
        (week(hours=""), "This field is required."),
    ],
)
def test_hours_that_cannot_be_are_refused_and_nothing_changes(client, calendar, says, sentence):
    n = Recount.objects.count()

    answer = client.post(f"{CN}hours/", says)

    assert (answer.status_code, sentence in told(answer)) == (422, True)
    stored = Calendar.objects.get(code="cn")
    assert (stored.hours, stored.week) == (calendar.hours, calendar.week)
    assert Recount.objects.count() == n


# --- Open clocks after a change.


def test_it_shows_how_far_the_clocks_are(client, calendar):
    at = now()
    change(client, "2026-12-24", "off")
    assert "begins in a minute" in told(client.get(CN))
    Recount.objects.update(n_done=10_000, n_changed=12, seconds=2)

    page = told(client.get(CN))
    assert "under way" in page
    assert "10000 of 0 computed · 12 changed · 5,000 a second" in page

    Recount.objects.update(finished_at=at)
    page = told(client.get(CN))
    assert "10000 computed · 12 changed · 5,000 a second" in page
    assert "Look again" not in page

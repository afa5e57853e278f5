from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.deadlines import rules
from gongzhi.deadlines.actions.recounting import begin_recount
from gongzhi.deadlines.actions.writing import allow, sentences
from gongzhi.deadlines.models import Calendar, Day
from gongzhi.deadlines.queries import days_of, load_days
from gongzhi.deadlines.readers import LONGEST_NAME, Listed, of_country, published, read_list

HOURS = [["08:30", "12:00"], ["13:30", "17:30"]]
Spans = Sequence[Sequence[str]]
YEARS_BACK, YEARS_AHEAD = 10, 2  # what a country's holidays are listed for
FIRST, LAST = date(1901, 1, 1), date(2499, 12, 31)


@transaction.atomic
def seed_china(*, by: Actor, at: datetime) -> Calendar:
    """Create the calendar ``cn`` with every published holiday and make-up day; again adds nothing."""
    allow(rules.may_seed(by))
    listed, last = published()
    return _seeded(
        "cn",
        "法定工作日",
        "Statutory working days",
        "Asia/Shanghai",
        HOURS,
        listed,
        last,
        by=by,
        at=at,
    )


@transaction.atomic
def seed_country(
    code: str,
    *,
    country: str,
    part: str = "",
    name_zh: str,
    name_en: str,
    zone: str,
    hours: Spans = HOURS,
    by: Actor,
    at: datetime,
) -> Calendar:
    """Create a calendar with the public holidays of a country or its part; again adds nothing.

    :raises ValidationError: country, part, zone or hours are none
    """
    allow(rules.may_seed(by))
    years = range(at.year - YEARS_BACK, at.year + YEARS_AHEAD + 1)
    with sentences():
        listed = of_country(country, part, years)
    last = date(years[-1], 12, 31)
    return _seeded(code, name_zh, name_en, zone, hours, listed, last, by=by, at=at)


def _seeded(  # noqa: PLR0917
    code: str,
    name_zh: str,
    name_en: str,
    zone: str,
    hours: Spans,
    listed: Iterable[Listed],
    last: date,
    *,
    by: Actor,
    at: datetime,
) -> Calendar:
    known = Calendar.objects.filter(code=code).first()
    if known:
        return known
    calendar = Calendar(
        code=code, name_zh=name_zh, name_en=name_en, zone=zone, hours=hours, confirmed_until=last
    )
    _check(calendar)
    calendar.save(force_insert=True)
    Day.objects.bulk_create(
        Day(calendar=calendar, on=on, works=works, name=name)
        for on, works, name in {day.on: day for day in listed}.values()
    )
    record(calendar, verb="calendar.seed", by=by, at=at, first=True, facts={"until": str(last)})
    return calendar


@transaction.atomic
def set_hours(
    calendar: Calendar, *, hours: Spans, week: Sequence[Spans] = (), by: Actor, at: datetime
) -> None:
    """Set the office hours of a calendar, and those of each weekday where they differ.

    :raises ValidationError: they overlap, are out of order or no times, or are what they were
    """
    allow(rules.may_change_calendar(by))
    if week and len(week) != 7:  # noqa: PLR2004
        raise ValidationError(_("Give the hours of all seven weekdays, Monday first."))
    old = {"hours": calendar.hours, "week": calendar.week}
    calendar.hours, calendar.week = [list(s) for s in hours], [[list(s) for s in d] for d in week]
    if (calendar.hours, calendar.week) == (old["hours"], old["week"]):
        raise ValidationError(_("These are the hours already: nothing is changed."))
    try:
        _check(calendar)
    except ValidationError:
        calendar.hours, calendar.week = old["hours"], old["week"]
        raise
    calendar.save(update_fields=["hours", "week"])
    _changed(calendar, "calendar.hours", by, at, {"hours": calendar.hours, "week": calendar.week})


def _check(calendar: Calendar) -> None:
    try:
        ZoneInfo(calendar.zone)
        with sentences():
            load_days(calendar)
    except (ZoneInfoNotFoundError, OSError) as unknown:
        raise ValidationError(
            _("There is no time zone “%(zone)s”.") % {"zone": calendar.zone}
        ) from unknown
    except (ValueError, TypeError) as wrong:
        raise ValidationError(_("Write office hours as 08:30 to 12:00.")) from wrong


@transaction.atomic
def edit_day(
    calendar: Calendar, *, on: date, works: bool, name: str = "", by: Actor, at: datetime
) -> None:
    """Say of one day that it is worked on or off, and what it is called.

    :raises ValidationError: the day is out of reach
    """
    allow(rules.may_change_calendar(by))
    n_changed = _put(calendar, [Listed(on, works, name.strip()[:LONGEST_NAME])])
    if n_changed:
        facts = {"on": str(on), "works": works}
        _changed(calendar, "calendar.day", by, at, facts)


@transaction.atomic
def remove_day(calendar: Calendar, *, on: date, by: Actor, at: datetime) -> None:
    """Let a day be again what the week says of it.

    :raises ValidationError: nothing else was said of it
    """
    allow(rules.may_change_calendar(by))
    if not Day.objects.filter(calendar=calendar, on=on).delete()[0]:
        raise ValidationError(_("This day is what the week says: there is nothing to remove."))
    _changed(calendar, "calendar.day", by, at, {"on": str(on), "works": None})


@transaction.atomic
def import_days(calendar: Calendar, *, text: str, by: Actor, at: datetime) -> int:
    """Take over a list of days (CSV: date, works, name); return how many were new or changed.

    All or nothing; the same list again changes nothing.

    :raises ValidationError: the first fault of the list, with its line
    """
    allow(rules.may_change_calendar(by))
    with sentences():
        listed = read_list(text)
    n_changed = _put(calendar, listed)
    if n_changed:
        facts = {"n": n_changed, "first": str(listed[0].on), "last": str(listed[-1].on)}
        _changed(calendar, "calendar.import", by, at, facts)
    return n_changed


@transaction.atomic
def confirm(calendar: Calendar, *, year: int, by: Actor, at: datetime) -> None:
    """Say that the list of a year is published: due dates in it are no longer provisional.

    :raises ValidationError: it was confirmed before, or the year before it is not, or nothing of it
        is listed
    """
    allow(rules.may_change_calendar(by))
    last = calendar.confirmed_until
    following = (last + timedelta(days=1)).year
    if year != following:
        raise ValidationError(
            _("Confirmed until %(day)s: the year to confirm next is %(year)s.")
            % {"day": last, "year": following}
        )
    if not Day.objects.filter(calendar=calendar, on__year=year).exists():
        raise ValidationError(
            _("No day of %(year)s is listed: import its list first, then confirm it.")
            % {"year": year}
        )
    calendar.confirmed_until = date(year, 12, 31)
    calendar.save(update_fields=["confirmed_until"])
    _changed(calendar, "calendar.confirm", by, at, {"year": year})


def _put(calendar: Calendar, listed: Sequence[Listed]) -> int:
    """Store days that are new or different; return how many."""
    if any(not FIRST <= day.on <= LAST for day in listed):
        raise ValidationError(_("Only years from 1901 to 2499 can be listed."))
    known = {d.on: d for d in Day.objects.filter(calendar=calendar, on__in=[d.on for d in listed])}
    new = [
        Day(calendar=calendar, on=day.on, works=day.works, name=day.name)
        for day in listed
        if day.on not in known
    ]
    differ = []
    for day in listed:
        old = known.get(day.on)
        if old and (old.works, old.name) != (day.works, day.name):
            old.works, old.name = day.works, day.name
            differ.append(old)
    Day.objects.bulk_create(new)
    Day.objects.bulk_update(differ, ["works", "name"], batch_size=200)
    return len(new) + len(differ)


def _changed(
    calendar: Calendar, verb: str, by: Actor, at: datetime, facts: dict[str, object]
) -> None:
    """Record a change, forget what was kept, and have the open clocks recomputed."""
    days_of.cache_clear()
    record(calendar, verb=verb, by=by, at=at, facts=facts)
    begin_recount(calendar, by=by, at=at)

"""Working calendars: their days by month, the list of a year, office hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn
from gongzhi.base.fields import tell
from gongzhi.deadlines import actions, readers
from gongzhi.deadlines.models import Calendar, Day
from gongzhi.deadlines.words import WEEKDAYS
from gongzhi.manage import queries
from gongzhi.manage.forms import DayForm, HoursForm, ListForm
from gongzhi.manage.rules import administrators_only

FIRST_YEAR, LAST_YEAR = 1901, 2499
MOST_FAULTS = 100


@require_safe
@administrators_only
def calendars(request: SignedIn) -> HttpResponse:
    """Show the working calendars."""
    said = {"calendars": queries.calendars(), "today": localdate()}
    return render(request, "manage/calendars.html", said)


@require_safe
@administrators_only
def calendar(request: SignedIn, code: str) -> HttpResponse:
    """Show a month of a calendar, and a form for one of its days."""
    shown = _calendar(code)
    today = _today(shown)
    chosen = _date(request.GET.get("day", ""))
    month = _date(f"{request.GET.get('month', '')}-01") or (chosen or today).replace(day=1)
    return _show(request, shown, month, chosen)


@require_POST
@administrators_only
def change_day(request: SignedIn, code: str) -> HttpResponse:
    """Say of one day what it is, or let it be what its week says."""
    shown = _calendar(code)
    form = DayForm(request.POST, auto_id="day_%s")
    if form.is_valid():
        on, says = form.cleaned_data["on"], form.cleaned_data["says"]
        try:
            if says == "week":
                actions.remove_day(shown, on=on, by=request.staff, at=now())
            else:
                name = form.cleaned_data["name"]
                actions.edit_day(
                    shown, on=on, works=says == "works", name=name, by=request.staff, at=now()
                )
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The day is set. Open clocks are computed anew."))
            return redirect(f"{reverse('manage:calendar', args=[code])}?month={on:%Y-%m}")
    said = form.cleaned_data.get("on")
    chosen = said if said and _within(said) else None
    return _show(request, shown, (chosen or _today(shown)).replace(day=1), chosen, form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def import_days(request: SignedIn, code: str) -> HttpResponse:
    """Take over the list of a year, or show each line that is not right; then it is confirmed."""
    shown = _calendar(code)
    form = ListForm(request.POST or None, request.FILES or None)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["file"]
        faults = [_(fault.sentence) % fault.facts for fault in readers.faults(text)]
        if not faults:
            try:
                n = actions.import_days(shown, text=text, by=request.staff, at=now())
            except ValidationError as fault:
                tell(form, fault)
            else:
                messages.success(request, _taken(n))
                return redirect("manage:import_days", code)
    year = (shown.confirmed_until + timedelta(days=1)).year
    listed = queries.listed_in(shown, year)
    said = {
        "calendar": shown,
        "form": form,
        "faults": faults[:MOST_FAULTS],
        "n_faults": len(faults),
        "year": year,
        "runs": queries.runs(listed),
        "n_off": sum(not day.works for day in listed),
        "n_works": sum(day.works for day in listed),
    }
    status = 422 if form.errors or faults else 200
    return render(request, "manage/calendar_list.html", said, status=status)


def _taken(n: int) -> str:
    if not n:
        return _("Every day of the list was there already: nothing is changed.")
    return _("Days new or changed: %(n)s. Open clocks are computed anew.") % {"n": n}


@require_POST
@administrators_only
def confirm(request: SignedIn, code: str) -> HttpResponse:
    """Say that the list of the next year is complete."""
    shown = _calendar(code)
    year = request.POST.get("year", "")
    if not (year.isdecimal() and len(year) == 4):  # noqa: PLR2004
        raise ValidationError(_("Say which year is confirmed."))
    actions.confirm(shown, year=int(year), by=request.staff, at=now())
    messages.success(
        request,
        _("%(year)s is confirmed: due dates in it are no longer provisional.") % {"year": year},
    )
    return redirect("manage:calendar", code)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def hours(request: SignedIn, code: str) -> HttpResponse:
    """Show and set the office hours of a calendar."""
    shown = _calendar(code)
    form = HoursForm(request.POST or None, calendar=shown)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_hours(shown, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The hours are set. Open clocks are computed anew."))
            return redirect("manage:calendar", code)
    said = {"calendar": shown, "form": form}
    return render(request, "manage/hours.html", said, status=422 if form.errors else 200)


def _calendar(code: str) -> Calendar:
    return get_object_or_404(Calendar, code=code)


def _today(shown: Calendar) -> date:
    return localdate(now(), ZoneInfo(shown.zone))


def _date(text: str) -> date | None:
    """Return the day that an address names, if there is such a one within reach."""
    try:
        return _within(date.fromisoformat(text))
    except ValueError:
        return None


def _show(
    request: SignedIn,
    shown: Calendar,
    month: date,
    chosen: date | None,
    form: DayForm | None = None,
) -> HttpResponse:
    listed = queries.listed_in(shown, month.year)
    recounts = queries.recounts(shown)
    is_under_way = any(one.finished_at is None for one in recounts)
    said = {
        "calendar": shown,
        "today": _today(shown),
        "month": month,
        "chosen": chosen,
        "weekdays": WEEKDAYS,
        "weeks": queries.month(shown, month, listed),
        "is_provisional": _moved(month, 1) - timedelta(days=1) > shown.confirmed_until,
        "year_before": _within(_moved(month, -12)),
        "before": _within(_moved(month, -1)),
        "after": _within(_moved(month, 1)),
        "year_after": _within(_moved(month, 12)),
        "runs": queries.runs(listed),
        "recounts": recounts,
        "n_open": queries.open_clocks(shown) if is_under_way else None,
        "form": form or DayForm(initial=_about(chosen, listed), auto_id="day_%s"),
    }
    status = 422 if form and form.errors else 200
    return render(request, "manage/calendar.html", said, status=status)


def _about(chosen: date | None, listed: Sequence[Day]) -> dict[str, object]:
    """Return what is known of the chosen day, as the form shows it."""
    if chosen is None:
        return {}
    for day in listed:
        if day.on == chosen:
            return {"on": chosen, "says": "works" if day.works else "off", "name": day.name}
    return {"on": chosen}


def _moved(month: date, n: int) -> date:
    """Return the first day of the month ``n`` months on."""
    months = month.year * 12 + month.month - 1 + n
    return date(months // 12, months % 12 + 1, 1)


def _within(day: date) -> date | None:
    """Return a day if calendars reach so far."""
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None

"""One summons, all of it on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Staff
from gongzhi.accounts.queries import offices
from gongzhi.audit.queries import history
from gongzhi.base.moves import Button
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.words import Due, Event, event, who
from gongzhi.meetings import queries
from gongzhi.meetings.models import Attendance, Resolution, Summons
from gongzhi.meetings.pages.buttons import Opened, buttons
from gongzhi.meetings.pages.drawing import Mark, answer_due, mark
from gongzhi.meetings.pages.finding import find
from gongzhi.meetings.states import Answer
from gongzhi.meetings.words import HAPPENED, MARKS

NOTHING_OPEN = Opened()


@dataclass(frozen=True, slots=True)
class Guest:
    """An office called, as the page shows it."""

    row: Attendance
    mark: Mark
    due: Due
    buttons: list[Button]


@dataclass(frozen=True, slots=True)
class Task:
    """A resolution, as the page shows it."""

    row: Resolution
    mark: Mark
    overdue: bool
    buttons: list[Button]


@require_safe
@staff_only
def show(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a summons with the offices called, what is resolved, and the moves that are next."""
    return page(request, find(key, request.staff))


def page(
    request: SignedIn,
    summons: Summons,
    *,
    opened: Opened = NOTHING_OPEN,
    said: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Draw the page; ``said`` is why a move was not made."""
    at, me = now(), request.staff
    context = about(summons, me, at, opened) | {"said": said}
    return render(request, "meetings/show.html", context, status=status)


def about(summons: Summons, me: Staff, at: datetime, opened: Opened) -> dict[str, object]:
    """Return everything that stands on the page (8 queries)."""
    called = list(summons.attendances.order_by("office__code"))
    tasks = list(summons.resolutions.select_related("matter").order_by("rank"))
    rows: list[Attendance | Resolution] = [*called, *tasks]
    for row in rows:
        row.summons = summons
        row.office = offices().get(row.office_id) or row.office
    clocks = queries.clocks_of(called)
    agenda = list(summons.agenda.select_related("matter__kind"))
    keys = [summons.matter_id, *(item.matter_id for item in agenda), *(t.matter_id for t in tasks)]
    guests = [
        Guest(row, mark(row), answer_due(row, clocks.get(row.pk), at), buttons(row, me, at, opened))
        for row in called
    ]
    today = localdate(at)
    return {
        "summons": summons,
        "mark": mark(summons),
        "caller": who(summons.by_label),
        "guests": guests,
        "n_coming": sum(g.row.state in (Answer.COMING, Answer.ARRIVED) for g in guests),
        "n_arrived": sum(g.row.state == Answer.ARRIVED for g in guests),
        "tasks": [
            Task(row, mark(row), row.is_overdue(today), buttons(row, me, at, opened))
            for row in tasks
        ],
        "agenda": agenda,
        "seen": queries.seen_matters({key for key in keys if key}, me),
        "moves": buttons(summons, me, at, opened),
        "timeline": timeline(summons),
        "opened": opened,
    }


def timeline(summons: Summons) -> list[Event]:
    """Return the history in people's words, the latest first."""
    names = {office.code: office.name for office in offices().values()}
    days = default_days()
    return [
        event(entry, names, days, happened=HAPPENED, marks=MARKS)
        for entry in reversed(history(summons.pk))
    ]

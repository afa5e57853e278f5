"""What waits for me, what was, and the day at a glance."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.deadlines.queries import default_days
from gongzhi.meetings import queries, rules
from gongzhi.meetings.pages.drawing import drawn, mark
from gongzhi.meetings.states import ONLY_CALLER

PILES = {
    "answer": _("To answer"),
    "coming": _("To come"),
    "record": _("To record"),
    "resolutions": _("Resolved, not done"),
    "past": _("By month"),
}
EMPTY = {
    "answer": _(
        "When your office is called somewhere, it stands here until you say whether it comes."
    ),
    "coming": _("Whistle-calls, consultations and joint meetings to come stand here."),
    "record": _("What has begun and waits for its outcome stands here."),
    "resolutions": _("What was resolved and is not done yet stands here, with its day."),
    "past": _("Nothing was called in this month."),
}


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """Show one pile: by itself the first that holds something."""
    at, me = now(), request.staff
    counts = queries.counts(me, at)
    wanted = request.GET.get("pile", "")
    first = next((name for name, n in counts.items() if n), "coming")
    pile = wanted if wanted in PILES else first
    context: dict[str, object] = {
        "piles": [(name, label, counts.get(name)) for name, label in PILES.items()],
        "pile": pile,
        "pile_label": PILES[pile],
        "empty": EMPTY[pile],
        "may_call": bool(rules.convened(me)),
    }
    if pile == "resolutions":
        found = queries.resolutions(me)[: queries.MOST]
        context["resolutions"] = [(one, mark(one), one.is_overdue(localdate(at))) for one in found]
    elif pile == "past":
        first_day = _month(request.GET.get("month", ""), localdate(at))
        of_month = queries.rows(queries.month(me, first_day), me, queries.MOST_OF_MONTH)
        context |= {"rows": drawn(of_month, at), "month": first_day}
    else:
        context["rows"] = drawn(queries.rows(queries.pile(pile, me, at), me), at)
    return render(request, "meetings/index.html", context)


def _month(typed: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        return today.replace(day=1)


@require_safe
@staff_only
def today(request: SignedIn) -> HttpResponse:
    """Show the calls of today and how offices answered over a year: for those who call."""
    at, me = now(), request.staff
    if not rules.convened(me):
        raise PermissionDenied(ONLY_CALLER)
    rows = queries.rows(queries.today(me, at), me)
    context = {
        "rows": drawn(rows, at),
        "n_called": sum(row.n_called for row in rows),
        "n_coming": sum(row.n_coming for row in rows),
        "n_arrived": sum(row.n_arrived for row in rows),
        "figures": queries.figures(me, at),
        "on": at.astimezone(default_days().zone).date(),
    }
    return render(request, "meetings/today.html", context)

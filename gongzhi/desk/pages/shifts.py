"""The change of shift: what stands, who is here, what was handed over."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import User
from gongzhi.accounts.queries import absences, handovers, posts
from gongzhi.desk import queries
from gongzhi.desk.queries import Reader
from gongzhi.desk.rules import tabs_of
from gongzhi.matters.states import State

NEXT = timedelta(hours=12)  # as long as the next shift may last
MOST = 6  # of each list: the sheet is one page


@require_safe
@staff_only
def handover(request: SignedIn) -> HttpResponse:
    """Show the sheet of a shift: my posts with who is there, what waits, who is away."""
    at, tabs = now(), tabs_of(request.staff)
    user = request.user
    if not isinstance(user, User):
        raise TypeError(user)
    counts = queries.counts(request.staff, at, tabs)
    held, live = list(posts(user, at)), queries.live(request.staff)
    shift = queries.shift(held, at, at + NEXT)
    reader = Reader(request.staff, at, localdate(at))
    due = live.filter(due_at__gt=at, due_at__lte=at + NEXT).exclude(state=State.RESOLVED)
    context = {
        "posts": [(post, shift.there[post.pk]) for post in held],
        "waiting": [(tab, counts.tabs[tab.name]) for tab in tabs],
        "counts": counts,
        "urgent": queries.page(live.filter(urgent=True), reader, size=MOST),
        "due": queries.page(due, reader, size=MOST),
        "hours": NEXT // timedelta(hours=1),
        "away": shift.away,
        "instead": absences(at).filter(deputy=user).exclude(pk__in=[a.pk for a in shift.away]),
        "alone": shift.alone,
        "handovers": handovers(user),
        "at": at,
    }
    return render(request, "desk/handover.html", context)

"""The change of shift: what stands, who is here, what was handed over."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import User
from gongzhi.accounts.queries import absences, handovers, posts
from gongzhi.desk import queries
from gongzhi.desk.rules import tabs_of


@require_safe
@staff_only
def handover(request: SignedIn) -> HttpResponse:
    """Show the sheet of a shift: my posts with who is there, what waits, who is away."""
    at, tabs = now(), tabs_of(request.staff)
    user = request.user
    if not isinstance(user, User):
        raise TypeError(user)
    counts = queries.counts(request.staff, at, tabs)
    held = list(posts(user, at))
    coming = list(absences(at).select_related("user", "deputy"))
    there = queries.who_is_there(held, at)
    context = {
        "posts": [(post, there[post.pk]) for post in held],
        "waiting": [(tab, counts.tabs[tab.name]) for tab in tabs],
        "counts": counts,
        "away": [one for one in coming if one.user_id == user.pk],
        "instead": [one for one in coming if one.deputy_id == user.pk],
        "handovers": handovers(user),
        "at": at,
    }
    return render(request, "desk/handover.html", context)

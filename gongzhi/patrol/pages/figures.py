"""How much of what was planned was visited, by place; and what was missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.patrol import queries
from gongzhi.patrol.forms import MonthForm
from gongzhi.places.models import Place
from gongzhi.places.queries import chain, coarse, pool


@require_safe
@staff_only
def coverage(request: SignedIn) -> HttpResponse:
    """Show for a month which share of the planned stops was visited, by part and by place and thing."""
    context = _asked(request)
    within: Place | None = context["within"]
    if within:
        rows = queries.shares(within, context["month"], context["today"])
        context |= {
            "rows": rows,
            "total": queries.total(rows, within.name),
            "things": queries.by_target(within, context["month"], context["today"]),
            "above": list(chain(within.path))[:-1],
        }
    return render(request, "patrol/coverage.html", context)


@require_safe
@staff_only
def missed(request: SignedIn) -> HttpResponse:
    """List the stops of a month that were missed or could not be visited."""
    context = _asked(request)
    found = queries.missed(context["within"], context["month"], context["today"])
    context["rows"] = list(found[: queries.MOST_ROWS])
    return render(request, "patrol/missed.html", context)


def _asked(request: SignedIn) -> dict[str, Any]:
    today = localdate()
    month, within = MonthForm(request.GET, on=today).asked()
    first, after = queries.month_of(month)
    return {
        "month": first,
        "before": first - timedelta(days=1),
        "after": after if after <= today else None,
        "within": within or pool(today),
        "areas": [(place.code, place.name) for place in coarse(today)],
        "today": today,
    }

"""The three rates with their formulas, and the review of what is kept out of them."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.desk.rules import may_read_rates, may_review
from gongzhi.matters.queries import rates as queries

MONTHS = 12
MOST = 50


@require_safe
@staff_only
def rates(request: SignedIn) -> HttpResponse:
    """Show the rates of the last twelve whole months by office, kind, place or month."""
    if not may_read_rates(request.staff):
        raise PermissionDenied(
            _("These figures are for those who work on matters or lead a place.")
        )
    asked = request.GET.get("by", "office")
    by = asked if asked in queries.KEYS else "office"
    until = _month(now())
    since = until.replace(year=until.year - 1)
    said = {
        "lines": queries.rates(request.staff, by, since, until),
        "by": by,
        "since": since,
        "until": until,
        "fewest": queries.FEWEST,
        "may_review": may_review(request.staff),
    }
    return render(request, "desk/rates.html", said)


def _month(at: datetime) -> datetime:
    """Return the beginning of the month: of single days nobody reads who was just asked."""
    return localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@require_safe
@staff_only
def exclusions(request: SignedIn) -> HttpResponse:
    """List what is kept out of the rates and waits for a review, the oldest first."""
    if not may_review(request.staff):
        raise PermissionDenied(_("Only a supervisor of this place may do this."))
    rows = list(queries.to_review(request.staff)[:MOST])
    return render(request, "desk/exclusions.html", {"rows": rows, "most": MOST})

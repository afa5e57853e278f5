"""The three rates with their formulas, and the review of what is kept out of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.desk.queries import exclusions as exclusions_of
from gongzhi.desk.rules import may_read_rates, may_review
from gongzhi.matters.queries import rates as queries
from gongzhi.matters.words import who

BY: dict[str, str | Promise] = {
    "office": gettext_lazy("Office"),
    "kind": gettext_lazy("Kind"),
    "place": gettext_lazy("Place"),
    "month": gettext_lazy("Month"),
}
# The rates in their order, with where their formula stands on the page.
LABELS: dict[str, str | Promise] = {
    "response": gettext_lazy("Response rate"),
    "resolution": gettext_lazy("Resolution rate"),
    "satisfaction": gettext_lazy("Satisfaction rate"),
}

REVIEWS: dict[str, str | Promise] = {
    "claimed": gettext_lazy("Claimed by somebody"),
    "unsaid": gettext_lazy("Nobody said anything"),
    "reviewed": gettext_lazy("Reviewed"),
}


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
    lines = queries.rates(request.staff, by, since, until)
    whole = zip(LABELS.items(), queries.together(lines), strict=True)
    said = {
        "bands": _bands(lines, by),
        "whole": list(whole),
        "labels": LABELS,
        "by": by,
        "what": BY[by],
        "tabs": BY.items(),
        "since": since,
        "until": until - timedelta(days=1),
        "fewest": queries.FEWEST,
        "may_review": may_review(request.staff),
    }
    return render(request, "desk/rates.html", said)


Drawn = tuple[queries.Line, list[tuple[str | Promise, queries.Rate]]]


def _bands(lines: list[queries.Line], by: str) -> list[tuple[str, list[Drawn]]]:
    """Return the lines among their peers, each with how many answers these have; others as one."""
    if by not in queries.COMPARED:
        return [("", _drawn(lines))] if lines else []
    groups = groupby(lines, attrgetter("band"))
    return [(_peers(least), _drawn(some)) for least, some in groups]


def _drawn(lines: Iterable[queries.Line]) -> list[Drawn]:
    return [(line, list(zip(LABELS.values(), line.rates, strict=True))) for line in lines]


def _peers(least: int) -> str:
    if not least:
        return _("Fewer than %(n)d answers each") % {"n": queries.FEWEST}
    above = min((end for end in queries.BANDS if end > least), default=0)
    if not above:
        return _("Peers with %(n)d answers and more each") % {"n": least}
    return _("Peers with %(n)d to %(most)d answers each") % {"n": least, "most": above - 1}


def _month(at: datetime) -> datetime:
    """Return the beginning of the month: of single days nobody reads who was just asked."""
    return localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@require_safe
@staff_only
def exclusions(request: SignedIn) -> HttpResponse:
    """List what is kept out of the rates: what waits for a review, or what was reviewed."""
    if not may_review(request.staff):
        raise PermissionDenied(_("Only a supervisor of this place may do this."))
    counts = queries.unreviewed(request.staff)
    asked = request.GET.get("of", "")
    of = asked if asked in REVIEWS else "claimed" if counts["claimed"] else "unsaid"
    rows, after = exclusions_of(request.staff, of, request.GET.get("after", ""))
    said = {
        "tabs": [(name, label, counts.get(name)) for name, label in REVIEWS.items()],
        "of": of,
        "rows": [(row, who(row.by_label)) for row in rows],
        "next_url": f"?{urlencode({'of': of, 'after': after})}" if after else "",
        "here": request.get_full_path(),
    }
    return render(request, "desk/exclusions.html", said)

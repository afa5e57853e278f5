"""Why a date is the date, day by day: of the mediation's term, of the 30 days to apply, of the court's."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.mediation import queries
from gongzhi.mediation.models import Case
from gongzhi.mediation.pages.finding import find, find_mine, gone
from gongzhi.mediation.words import CLOCKS
from gongzhi.parties import http as parties


@never_cache
@require_safe
@staff_only
def why(request: SignedIn, key: UUID, clock: UUID) -> HttpResponse:
    """Show why a date is the date, to who sees the case at the desk."""
    back = reverse("mediation:show", args=[key])
    return _why(request, find(key, request.staff), clock, back, is_party=False)


@never_cache
@require_safe
def my_why(request: HttpRequest, pk: UUID, clock: UUID) -> HttpResponse:
    """Show why a date is the date, to a party of the case."""
    party, _me, case = find_mine(request, pk)
    return _why(request, case, clock, party.get_absolute_url(), is_party=True)


def _why(request: HttpRequest, case: Case, key: UUID, back: str, *, is_party: bool) -> HttpResponse:
    found = queries.clock(case, key)
    if found is None:
        raise gone()
    label, number = CLOCKS[found.name], case.number
    return parties.why(request, found, number=number, label=label, back=back, is_party=is_party)

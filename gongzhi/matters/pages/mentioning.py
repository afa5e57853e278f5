"""Who may be named in a note: asked while an “@” is typed."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.matters import queries, rules
from gongzhi.matters.pages.finding import find
from gongzhi.matters.states import ONLY_STAFF

LONGEST = 60  # a sign-in name


@never_cache
@require_POST
@staff_only
def mention(request: SignedIn, key: UUID) -> HttpResponse:
    """Show the colleagues and offices who may read the matter and whose names begin so; keeps nothing."""
    matter = find(key, request.staff)
    if not rules.may_note(request.staff, matter):
        raise PermissionDenied(ONLY_STAFF)
    begun = request.POST.get("q", "")[:LONGEST]
    offered = queries.to_name(matter, begun, request.staff, now())
    return render(request, "matters/_mention.html", {"offered": offered})

"""Who else has the matter open: asked by its page every 20 seconds."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.matters import actions, queries
from gongzhi.matters.pages.finding import find


@never_cache
@require_POST
@staff_only
def here(request: SignedIn, key: UUID) -> HttpResponse:
    """Keep that the reader has the page open, and show who else does."""
    matter, at = find(key, request.staff), now()
    actions.be_present(matter, by=request.staff, at=at)
    names = queries.others_present(matter, request.staff, at)
    return render(request, "matters/_here.html", {"names": names})

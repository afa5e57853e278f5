"""What the assistant writes of a matter: asked for by a button, shown in a box, kept nowhere."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.http import TooMany, sentence
from gongzhi.base.moves import MoveLost
from gongzhi.matters import actions
from gongzhi.matters.pages.finding import find


@never_cache
@require_POST
@staff_only
def assist(request: SignedIn, key: UUID, what: str) -> HttpResponse:
    """Show what the assistant writes, or in one sentence why nothing came of it."""
    shown = {"what": what}
    try:
        matter = find(key, request.staff)
        shown["text"] = actions.assist(matter, what=what, by=request.staff, at=now())
    except (ValidationError, TooMany, MoveLost) as fault:
        shown["failed"] = sentence(fault)
    return render(request, "matters/_assisted.html", shown)

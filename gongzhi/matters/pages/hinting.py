"""What an answer may still lack: asked while it is written."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.matters import queries, rules
from gongzhi.matters.pages.finding import find
from gongzhi.matters.states import MATTER


@never_cache
@require_POST
@staff_only
def hints(request: SignedIn, key: UUID) -> HttpResponse:
    """Show what the answer as it stands may lack, to the office that writes it; keeps nothing."""
    matter = find(key, request.staff)
    if not rules.may_answer(request.staff, matter):
        raise PermissionDenied(MATTER["answer"].only)
    said = request.POST.get
    lacks = queries.lacks(matter, said("words", ""), said("ground", ""))
    return render(request, "matters/_hints.html", {"lacks": lacks})

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_POST

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.notices import actions, queries, rules
from gongzhi.notices.models import Letter, Notice
from gongzhi.notices.words import MOVED


@require_GET
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """Show what I should know, unread first."""
    rows = [(notice, MOVED[notice.verb]) for notice in queries.latest(request.staff)]
    return render(request, "notices/index.html", {"rows": rows})


@require_POST
@staff_only
def read(request: SignedIn, pk: str) -> HttpResponse:
    """Mark one of my notices as read and go to its matter."""
    notice = get_object_or_404(Notice, pk=pk, user=request.staff.id)
    actions.read(notice, by=request.staff, at=now())
    return redirect("matters:show", notice.matter_id)


@require_POST
@staff_only
def read_all(request: SignedIn) -> HttpResponse:
    """Mark all my notices as read."""
    actions.read_all(by=request.staff, at=now())
    return redirect("notices:index")


@require_GET
@staff_only
def letters(request: SignedIn) -> HttpResponse:
    """Show the letters that left or wait, without where to and what they say."""
    rules.check_letters(request.staff)
    return render(request, "notices/letters.html", {"letters": queries.letters()})


@require_POST
@staff_only
def resend(request: SignedIn, pk: str) -> HttpResponse:
    """Try a letter once more."""
    rules.check_letters(request.staff)
    letter = get_object_or_404(Letter, pk=pk)
    actions.resend(letter, by=request.staff, at=now())
    return redirect("notices:letters")

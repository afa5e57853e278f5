from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn
from gongzhi.manage import queries
from gongzhi.manage.rules import administrators_only


@require_safe
@administrators_only
def home(request: SignedIn) -> HttpResponse:
    """Show how much of everything there is, and what waits for somebody."""
    return render(request, "manage/home.html", {"n": queries.overview(now(), localdate())})

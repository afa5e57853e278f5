"""The first page, the promise, and what one can raise."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.models import Office
from gongzhi.advice.danger import helps, numbers
from gongzhi.matters import queries
from gongzhi.portal.queries import board


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the two things to do, numbers in brief, and how it goes on."""
    return render(request, "portal/home.html", {"numbers": board.numbers(now())})


@require_safe
def promise(request: HttpRequest) -> HttpResponse:
    """Show what this site never does."""
    return render(request, "portal/promise.html")


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Show the catalogue: what one can raise, who answers it and by when."""
    duties: dict[str, set[str]] = defaultdict(set)
    for office in Office.objects.filter(is_active=True):
        duties[office.duty].add(office.name)
    groups: dict[str, list[tuple[object, str]]] = {}
    for kind in queries.catalogue(localdate(now())).values():
        names = duties[kind.duty]
        whose = next(iter(names)) if len(names) == 1 else _("the office in charge at the place")
        groups.setdefault(kind.kind_class.name, []).append((kind, whose))
    return render(request, "portal/guide.html", {"groups": groups})


@require_safe
def emergency(request: HttpRequest) -> HttpResponse:
    """Show whom to call, and what to do until help comes."""
    chinese = request.LANGUAGE_CODE.startswith("zh")
    calls = [
        (row["number"], row["name_zh"] if chinese else row["name_en"], row["emergency"] == "1")
        for row in numbers()
    ]
    what = [
        (h.name_zh, h.sentence_zh, h.numbers) if chinese else (h.name_en, h.sentence_en, h.numbers)
        for h in helps().values()
    ]
    return render(request, "portal/emergency.html", {"calls": calls, "what": what})

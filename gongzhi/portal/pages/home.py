"""The first page, the promise, and what one can raise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.models import Office
from gongzhi.advice.danger import helps, numbers
from gongzhi.matters import queries
from gongzhi.matters.models import Duty, Kind, Trained
from gongzhi.matters.queries.rates import FEWEST
from gongzhi.places.models import Place
from gongzhi.portal.queries import board, where


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the two things to do, numbers in brief, and how it goes on."""
    return render(request, "portal/home.html", {"numbers": board.numbers(now())})


@require_safe
def promise(request: HttpRequest) -> HttpResponse:
    """Show what this site never does."""
    return render(request, "portal/promise.html")


@require_safe
def algorithms(request: HttpRequest) -> HttpResponse:
    """Show the register of algorithms: what suggests what, from what, and how well.

    Where there are fewer than five matters nothing is told of them.
    """
    model = next((one for one in queries.trained_ones() if one.state == Trained.State.WORKS), None)
    told = queries.in_service(now()) if model else []
    service = {one.kind_code: one for one in told if one.decided >= FEWEST}
    rows = [
        {
            "name": queries.latest_name(code),
            "of": row["of"],
            "precision": round(100 * row["precision"]),
            "recall": round(100 * row["recall"]),
            "service": service.get(code),
        }
        for code, row in (model.quality["by_label"].items() if model else ())
        if row["of"] >= FEWEST
    ]
    said: dict[str, object] = {
        "model": model,
        "rows": rows,
        "followed": queries.followed(now()),
        "placed": queries.placed(now()),
        "fewest": FEWEST,
    }
    if settings.ASSISTANT:
        host = urlsplit(settings.ASSISTANT).hostname
        said["assistant"] = {"model": settings.ASSISTANT_MODEL, "host": host}
    return render(request, "portal/algorithms.html", said)


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Show the catalogue: what one can raise, who answers it and by when."""
    on = localdate(now())
    leads = queries.leads(on)
    groups: dict[str, list[tuple[object, str]]] = {}
    for kind in queries.catalogue(on).values():
        names = leads[kind.code]
        whose = next(iter(names)) if len(names) == 1 else _("the office in charge at the place")
        groups.setdefault(kind.kind_class.name, []).append((kind, whose))
    return render(request, "portal/guide.html", {"groups": groups})


@dataclass(frozen=True)
class Here:
    """Who answers what at a place; the template draws it once a minute."""

    place: Place
    on: date

    @cached_property
    def groups(self) -> dict[str, list[tuple[Kind, Duty | None, Office | None]]]:
        """The kinds by class, each with the row that counts and the office that leads."""
        found: dict[str, list[tuple[Kind, Duty | None, Office | None]]] = {}
        for one in queries.responsible(self.place.path, self.on):
            found.setdefault(one[0].kind_class.name, []).append(one)
        return found


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """Show which office answers for what at a place."""
    on = localdate(now())
    places = where.coarse_by_code(on)
    chosen = places.get(request.GET.get("place", ""))
    areas = [(p.code, "　" * (p.path.count("/") - 1) + p.name) for p in places.values()]
    code = chosen.code if chosen else ""
    said = {"areas": areas, "chosen": code, "here": Here(chosen, on) if chosen else None}
    return render(request, "portal/offices.html", said)


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

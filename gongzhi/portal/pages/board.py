"""The public board."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from gongzhi.matters import queries
from gongzhi.matters.models import KindClass
from gongzhi.places.models import Place
from gongzhi.portal.queries import board as boards
from gongzhi.portal.queries import where


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show what is public of all matters: by class and community, with totals on a map."""
    on = localdate(now())
    kinds = [kind for kind in queries.catalogue(on).values() if kind.public]
    places = {place.code: place for place in where.coarse(on)}
    group, within = request.GET.get("class", ""), places.get(request.GET.get("place", ""))
    classes = list({kind.kind_class_id: kind.kind_class for kind in kinds}.values())
    chosen = next((one for one in classes if one.code == group), None)
    codes = _codes(chosen)
    names = {code: place.name for code, place in places.items()}
    areas = where.areas(within, on)
    totals = boards.totals(chosen.code if chosen else "", codes, areas)
    page = boards.page(boards.listed(codes, within), request.GET.get("after", ""), names)
    kept = {"class": chosen.code if chosen else "", "place": within.code if within else ""}
    said = {
        "classes": classes,
        "chosen": chosen,
        "within": within,
        "areas": [(p.code, p.name) for p in _listed(areas, within, places.values())],
        "chosen_area": kept["place"],
        "totals": totals,
        "tints": _tints(totals, kept),
        "rows": page.rows,
        "next_url": f"?{urlencode({**kept, 'after': page.after})}" if page.after else "",
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
        "source": _source(areas, places.values()),
    }
    return render(request, "portal/board.html", said)


def _listed(areas: list[Place], within: Place | None, places: Iterable[Place]) -> list[Place]:
    """Return the areas to choose from: those on the map, and those around the chosen one."""
    around = [p for p in places if within and within.path.startswith(p.path) and p.parent_id]
    return sorted({place.pk: place for place in [*around, *areas]}.values(), key=lambda p: p.path)


def _source(areas: list[Place], places: Iterable[Place]) -> str:
    """Return the address of the boundaries of ``areas``."""
    if not areas:
        return ""
    above = next((place for place in places if place.pk == areas[0].parent_id), None)
    parents = {area.parent_id for area in areas}
    asked = {"level": areas[0].level.code}
    asked |= {"within": above.code} if above and len(parents) == 1 else {}
    return f"{reverse('places:map')}?{urlencode(asked)}"


def _codes(chosen: KindClass | None) -> list[str] | None:
    """Return the codes of all editions' kinds of a class: what was filed earlier counts too."""
    return list(chosen.kinds.values_list("code", flat=True).distinct()) if chosen else None


def _tints(totals: list[boards.Total], kept: dict[str, str]) -> dict[str, dict[str, object]]:
    """Return what the map writes into each area and how dark it is (0 to 1)."""
    page = reverse("portal:board")
    most = max((total.n or 0 for total in totals), default=0) or 1
    return {
        total.place.code: {
            "label": "<5" if total.n is None else str(total.n),
            "share": 0.1 if total.n is None else total.n / most,
            "url": f"{page}?{urlencode({**kept, 'place': total.place.code})}",
        }
        for total in totals
    }

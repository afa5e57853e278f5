"""The public board."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from gongzhi.matters import queries
from gongzhi.matters.models import KindClass
from gongzhi.portal.queries import board as boards
from gongzhi.portal.queries import where


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show what is public of all matters: by class and community, with totals on a map."""
    on = localdate(now())
    kinds = [kind for kind in queries.kinds(on) if kind.public]
    places = {place.code: place for place in where.coarse(on)}
    group, within = request.GET.get("class", ""), places.get(request.GET.get("place", ""))
    classes = list({kind.kind_class_id: kind.kind_class for kind in kinds}.values())
    chosen = next((one for one in classes if one.code == group), None)
    codes = _codes(chosen)
    names = {code: place.name for code, place in places.items()}
    parents = {place.parent_id for place in places.values()}
    communities = [place for place in places.values() if place.pk not in parents]
    totals = boards.totals(chosen.code if chosen else "", codes, communities)
    page = boards.page(boards.listed(codes, within), request.GET.get("after", ""), names)
    kept = {"class": chosen.code if chosen else "", "place": within.code if within else ""}
    said = {
        "classes": classes,
        "chosen": chosen,
        "within": within,
        "communities": communities,
        "totals": totals,
        "tints": _tints(totals, kept),
        "rows": page.rows,
        "next_url": f"?{urlencode({**kept, 'after': page.after})}" if page.after else "",
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
        "level": communities[0].level.code if communities else "",
    }
    return render(request, "portal/board.html", said)


def _codes(chosen: KindClass | None) -> list[str] | None:
    """Return the codes of all editions' kinds of a class: what was filed earlier counts too."""
    return list(chosen.kinds.values_list("code", flat=True).distinct()) if chosen else None


def _tints(totals: list[boards.Total], kept: dict[str, str]) -> dict[str, dict[str, object]]:
    """Return what the map writes into each community and how dark it is (0 to 1)."""
    most = max((total.n or 0 for total in totals), default=0) or 1
    return {
        total.place.code: {
            "label": "<5" if total.n is None else str(total.n),
            "share": 0.1 if total.n is None else total.n / most,
            "url": f"{reverse('portal:board')}?{urlencode({**kept, 'place': total.place.code})}",
        }
        for total in totals
    }

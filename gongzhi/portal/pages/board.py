"""The public board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
from gongzhi.portal.queries import standing as boards_of
from gongzhi.portal.queries import where


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show what is public of all matters: by class and community, with totals on a map."""
    on = localdate(now())
    kinds = [kind for kind in queries.catalogue(on).values() if kind.public]
    places = where.coarse_by_code(on)
    group, within = request.GET.get("class", ""), places.get(request.GET.get("place", ""))
    classes = list({kind.kind_class_id: kind.kind_class for kind in kinds}.values())
    chosen = next((one for one in classes if one.code == group), None)
    codes = _codes(chosen)
    areas = where.areas(within, on)
    kept = {"class": chosen.code if chosen else "", "place": within.code if within else ""}
    said = {
        "classes": classes,
        "chosen": chosen,
        "within": within,
        "chosen_area": kept["place"],
        "areas": [(p.code, p.name) for p in _listed(areas, within, places.values())],
        "overview": Overview(areas, codes, kept["class"]),
        "latest": Latest(codes, within, request.GET.get("after", ""), places, kept),
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
    }
    return render(request, "portal/board.html", said)


@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Show which offices are supervised before everybody, and what is deferred."""
    places = where.coarse_by_code(localdate(now()))
    said = {"listed": boards_of.listed(places), "parked": boards_of.parked(places)}
    return render(request, "portal/standing.html", said)


@dataclass(frozen=True)
class Latest:
    """One page of the list; the template draws it once a minute."""

    kind_codes: list[str] | None
    within: Place | None
    after: str
    places: Mapping[str, Place]
    kept: dict[str, str]

    @property
    def key(self) -> str:
        """Which page of which list this is."""
        return urlencode({**self.kept, "after": self.after})

    @cached_property
    def page(self) -> boards.Page:
        found = queries.listed(self.kind_codes, self.within)
        return boards.page(found, self.after, self.places)

    @property
    def next_url(self) -> str:
        return f"?{urlencode({**self.kept, 'after': self.page.after})}" if self.page.after else ""


@dataclass(frozen=True)
class Overview:
    """The map of some areas and the numbers on it; the template draws it once a minute."""

    areas: Sequence[Place]
    kind_codes: list[str] | None
    kind_class: str

    @property
    def key(self) -> str:
        """Which areas and kinds these are."""
        return f"{self.kind_class} {self.source}"

    @cached_property
    def totals(self) -> list[boards.Total]:
        return boards.totals(self.kind_class, self.kind_codes, self.areas)

    @property
    def source(self) -> str:
        """The address of the boundaries."""
        if not self.areas:
            return ""
        asked = {"level": self.areas[0].level.code}
        above = {area.path.rstrip("/").rpartition("/")[0] for area in self.areas}
        if len(above) == 1:
            asked["within"] = above.pop().rpartition("/")[2]
        return f"{reverse('places:map')}?{urlencode(asked)}"

    @property
    def tints(self) -> dict[str, dict[str, object]]:
        """What the map writes into each area and how dark it is (0 to 1)."""
        most = max((total.n or 0 for total in self.totals), default=0) or 1
        return {
            total.place.code: {
                "label": "<5" if total.n is None else str(total.n),
                "share": 0.1 if total.n is None else total.n / most,
                "url": f"?{urlencode({'class': self.kind_class, 'place': total.place.code})}",
            }
            for total in self.totals
        }


def _listed(
    areas: Sequence[Place], within: Place | None, places: Iterable[Place]
) -> Iterable[Place]:
    """Return the areas to choose from: those on the map, and those around the chosen one."""
    if within is None:
        return areas
    around = [place for place in places if within.path.startswith(place.path) and place.parent_id]
    return sorted({place.pk: place for place in [*around, *areas]}.values(), key=lambda p: p.path)


def _codes(chosen: KindClass | None) -> list[str] | None:
    """Return the codes of all editions' kinds of a class: what was filed earlier counts too."""
    return list(chosen.kinds.values_list("code", flat=True).distinct()) if chosen else None

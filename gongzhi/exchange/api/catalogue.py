"""What matters are filed under: kinds, places and offices."""

from __future__ import annotations

from typing import Annotated

from django.utils.timezone import localdate
from ninja import Router
from ninja.params import functions as given

from gongzhi.accounts.queries import offices
from gongzhi.exchange import queries
from gongzhi.exchange.api.shapes import KindOut, OfficeOut, PlaceOut, PlacePage, Problem
from gongzhi.exchange.http import Called, Opens
from gongzhi.exchange.models import Scope
from gongzhi.matters.queries import catalogue

router = Router(auth=Opens(Scope.READ))
WITHIN = "the code of a place: it and all below"
REFUSALS = dict.fromkeys((400, 401, 403, 413, 422, 429), Problem)


@router.get("/kinds", response={200: list[KindOut], **REFUSALS}, operation_id="kinds")
def kinds(request: Called) -> list[KindOut]:  # noqa: ARG001
    """The kinds of the catalogue in force today, in its order."""
    return [KindOut.of(kind) for kind in catalogue(localdate()).values()]


@router.get("/offices", response={200: list[OfficeOut], **REFUSALS}, operation_id="offices")
def list_offices(request: Called) -> list[OfficeOut]:  # noqa: ARG001
    """The offices that are open, by code."""
    found = sorted(offices().values(), key=lambda office: office.code)
    return [OfficeOut.of(office) for office in found if office.is_active]


@router.get("/places", response={200: PlacePage, **REFUSALS}, operation_id="places")
def places(
    request: Called,  # noqa: ARG001
    within: Annotated[str, given.Query(max_length=24, description=WITHIN)] = "",
    after: Annotated[str, given.Query(max_length=200)] = "",
    limit: Annotated[int, given.Query(ge=1, le=500)] = 100,
) -> PlacePage:
    """The places valid today by path, each below the one it lies in."""
    found, following = queries.places_page(within, after, limit, localdate())
    return PlacePage(items=[PlaceOut.of(place) for place in found], next=following)

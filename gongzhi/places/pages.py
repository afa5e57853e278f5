from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from numpy.typing import NDArray

from gongzhi.places import queries, rules
from gongzhi.places.models import Level, Place

MOST = 1000  # boundaries on one map
STRAY = 0.03  # how much of a line may be left out, of the width of a place of middling size
DIGITS = 5  # of a degree: a metre
KEPT = 64  # answers in memory; one is a few to 150 kB


@require_safe
def map_json(request: HttpRequest) -> HttpResponse:
    """Return boundaries as GeoJSON in WGS 84: of ``?level=`` (a code), ``?within=`` (a place's code).

    Without ``level`` the parts of ``within``, without both the largest places.  Public, and kept
    by browsers until the edition changes: then, and while in memory, it costs one query.
    """
    level, within = request.GET.get("level", ""), request.GET.get("within", "")
    stamp, day, language = queries.stamp(), timezone.localdate(), get_language() or ""
    tag = f'"{stamp}.{day:%y%m%d}.{language}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        text = _features(level, within, day, stamp, language)
        response = HttpResponse(text, content_type="application/geo+json")
    response["ETag"] = tag
    patch_cache_control(response, public=True, no_cache=True)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@lru_cache(maxsize=KEPT)
def _features(level: str, within: str, day: date, _stamp: UUID | None, _language: str) -> str:
    """Return the text of the answer; the stamp and the language only tell editions apart."""
    of_level, inside = _level(level), _place(within)
    places = list(queries.bounded(of_level, inside, day)[: MOST + 1])
    if len(places) > MOST:
        raise ValidationError(
            _("These are too many boundaries for one map. Choose a place with “within”.")
        )
    shapes = np.array([place.shape for place in places], dtype=object)
    features = [
        _feature(place, shape) for place, shape in zip(places, _simplify(shapes), strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _level(code: str) -> Level | None:
    found = next((one for one in queries.levels() if one.code == code), None) if code else None
    if code and not found:
        raise Http404
    return found


def _place(code: str) -> Place | None:
    if code and not rules.is_code(code):
        raise Http404
    return get_object_or_404(Place, code=code) if code else None


def _simplify(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes with fewer nodes; neighbours keep sharing their edges."""
    if not len(shapes):
        return shapes
    width = float(np.sqrt(np.median(shapely.area(shapes))))
    simple = shapely.coverage_simplify(shapes, STRAY * width)
    return np.asarray(shapely.transform(simple, lambda nodes: nodes.round(DIGITS)))


def _feature(place: Place, shape: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": place.code,
        "properties": {
            "code": place.code,
            "name": place.name,
            "parent": place.parent.code if place.parent else None,
            "lat": round(place.lat or 0.0, DIGITS),
            "lon": round(place.lon or 0.0, DIGITS),
        },
        "geometry": shapely.geometry.mapping(shape),
    }

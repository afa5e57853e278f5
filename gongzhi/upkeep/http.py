"""Every request is counted and timed by its route."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gongzhi.upkeep.logs import route
from gongzhi.upkeep.meters import Meter

log = logging.getLogger("gongzhi.requests")


@cache
def meter() -> Meter:
    """Return the counts of this process."""
    return Meter(settings.VAR / "meters")


class Measured:
    """Middleware, the outermost: counts requests, and tells of each in a structured log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        response = self.get_response(request)
        took, way = perf_counter() - began, route(request)
        meter().note(way, request.method or "", response.status_code, took)
        if settings.LOG_JSON:
            facts = {"method": request.method, "route": way, "status": response.status_code}
            log.info("request", extra={"facts": facts | {"ms": round(took * 1000)}})
        return response

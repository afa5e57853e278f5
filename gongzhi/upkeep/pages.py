"""What probes, Prometheus and whoever keeps a digest ask."""

from __future__ import annotations

from hmac import compare_digest
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import gongzhi
from gongzhi.base.doors import always_open
from gongzhi.upkeep import meters, queries
from gongzhi.upkeep.http import meter

SHOWN = 60


@always_open
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Say that this process answers; it asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@always_open
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Say which parts do their work; 503 where one does not."""
    found = queries.health(now())
    status = HTTPStatus.OK if all(found) else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse(dict(zip(queries.PARTS, found, strict=True)), status=status)


@always_open
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Send the figures to who names the token of the settings; without a token in them there are none.

    :raises Http404: no token is set
    :raises PermissionDenied: another one
    """
    if not settings.METRICS_TOKEN:
        raise Http404(_("There are no figures here: no token for them is set."))
    given = request.headers.get("Authorization", "").encode()
    if not compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise PermissionDenied(_("The figures are for who has the token of the settings."))
    lines = [meters.sample("gongzhi_info", 1, version=gongzhi.__version__)]
    try:
        found = queries.figures(now())
        lines += ["gongzhi_database_up 1", *(meters.sample(*one) for one in found.items())]
    except DatabaseError:
        lines.append("gongzhi_database_up 0")
    lines += meters.lines(meter().all())
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; version=0.0.4")


@require_safe
def digests(request: HttpRequest) -> HttpResponse:
    """Show the digests of the last days, and what they are good for."""
    return render(request, "upkeep/digests.html", {"digests": queries.digests()[:SHOWN]})


@require_safe
def digests_file(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Send all digests for programs, the earliest first."""
    rows = queries.digests().order_by("day").values("day", "heads", "before", "value")
    answer = JsonResponse(list(rows), safe=False)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer

"""Who looked, in the form of the Estonian Data Tracker: for the holder of one matter's receipt code.

Its version 3 asks by a person's code; here nobody is found by who they are, so the session says which
matter it has proven, and ``matter`` names it.  ``usagePeriod`` is ours: version 3 has none.
"""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.matters.models import Matter
from gongzhi.rights import queries
from gongzhi.rights.forms import UsageForm
from gongzhi.rights.http import proven

PLAIN = {"ensure_ascii": False}


@require_safe
def heartbeat(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Say that it answers."""
    return _answer({"status": "OK", "message": "API is ready"})


@never_cache
@require_safe
def find_usage(request: HttpRequest) -> HttpResponse:
    """Return who used the data of the person of one matter."""
    matter = _matter(request)
    if matter is None:
        return _unproven()
    form = UsageForm(request.GET)
    if not form.is_valid():
        said = "; ".join(f"{at}: {' '.join(map(str, some))}" for at, some in form.errors.items())
        return _answer({"code": "400", "message": said}, HTTPStatus.BAD_REQUEST)
    return _answer(queries.find_usage(matter, form.asked()))


@never_cache
@require_safe
def usage_period(request: HttpRequest) -> HttpResponse:
    """Return from when until when there are looks."""
    matter = _matter(request)
    return _answer(queries.usage_period(matter)) if matter else _unproven()


def _matter(request: HttpRequest) -> Matter | None:
    try:
        return proven(request, UUID(request.GET.get("matter", "")))
    except ValueError:
        return None


def _unproven() -> HttpResponse:
    said = _(
        "Name a matter that this session has proven: enter number and receipt code at “Follow” first."
    )
    return _answer({"code": "403", "message": said}, HTTPStatus.FORBIDDEN)


def _answer(said: object, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    made = JsonResponse(said, status=status, json_dumps_params=PLAIN, safe=False)
    made["Cache-Control"] = "no-store"
    return made

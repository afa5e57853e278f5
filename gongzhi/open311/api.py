"""GeoReport v2, GeoReport Bulk, and the exchange of updates that FixMyStreet speaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.accounts.actions import spend
from gongzhi.accounts.http import address
from gongzhi.audit.actors import Actor
from gongzhi.base.kept import Rested
from gongzhi.matters.pages.export import END, quoted
from gongzhi.open311 import actions, forms, queries
from gongzhi.open311.http import TYPES, answer, asks, caller, given, interface
from gongzhi.open311.models import Raised
from gongzhi.open311.spark import Value

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-26T00:00:00Z"  # when this interface changed last
CHUNK = 2000
DOWNLOADS = 6  # of everything, from one address in an hour
ANYBODY = Actor(None, "anybody")
LONGEST_KEY = 64
PAGES: Rested[bytes] = Rested(most=32)  # half a megabyte each at most


@interface("GET", "HEAD")
def discovery(request: HttpRequest, ending: str) -> HttpResponse:  # noqa: ARG001
    """Say where this interface is, what it speaks, and how to get a key."""
    contact = settings.ORIGIN + reverse("portal:offices")
    endpoint: Value = {
        "specification": SPECIFICATION,
        "url": queries.origin(),
        "changeset": CHANGED,
        "type": "test" if settings.TRAINING else "production",
        "formats": ["text/xml", "application/json"],
    }
    said: Value = {
        "changeset": CHANGED,
        "contact": contact,
        "key_service": _("Ask the centre for a key: %(contact)s") % {"contact": contact},
        "endpoints": [endpoint],
    }
    return answer("discovery", said, ending)


@interface("GET", "HEAD")
def services(request: HttpRequest, ending: str) -> HttpResponse:
    """List the kinds that everybody may raise here."""
    at = now()
    asks(request, at)
    found: list[Value] = [queries.service(kind) for kind in queries.services(localdate(at))]
    return answer("services", found, ending)


@interface("GET", "HEAD")
def service(request: HttpRequest, code: str, ending: str) -> HttpResponse:
    """Say what a kind asks beyond what every service request says: nothing."""
    at = now()
    asks(request, at)
    if code not in {kind.code for kind in queries.services(localdate(at))}:
        raise Http404(_("There is no service with the code “%(code)s”.") % {"code": code})
    return answer("service_definition", {"service_code": code, "attributes": []}, ending)


@interface("GET", "HEAD", "POST")
def requests(request: HttpRequest, ending: str) -> HttpResponse:
    """List service requests, or take one on."""
    if request.method == "POST":
        return _raise(request, ending)
    at = now()
    client = asks(request, at)
    ids = forms.names(forms.listed(request.GET, "service_request_id"))
    if ids:
        found = queries.by_names(ids, client)
    else:
        return _page(request, forms.asked(request.GET, at), client, ending)
    return _listed(request, found, ending)


def _page(
    request: HttpRequest, asked: queries.Asked, client: UUID | None, ending: str
) -> HttpResponse:
    """Return a page of a list; to who shows no key, as it was a moment ago where it took long."""
    if client:
        return _listed(request, queries.page(asked, client), ending)
    is_more = forms.one(request.GET, "extensions") == "true"
    key = (asked.mark, asked.page, ending, is_more, get_language())
    body = PAGES.answer(key, lambda: _listed(request, queries.page(asked, None), ending).content)
    return HttpResponse(body, content_type=TYPES[ending])


def _listed(request: HttpRequest, found: list[queries.Row], ending: str) -> HttpResponse:
    if forms.one(request.GET, "extensions") == "true":
        found = queries.extended(found)
    return answer("service_requests", [*found], ending)


def _raise(request: HttpRequest, ending: str) -> HttpResponse:
    at = now()
    by, params = caller(request, at), given(request)
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    said = forms.request311(params, files, localdate(at))
    key = request.headers.get("Idempotency-Key", "")[: 4 * LONGEST_KEY]
    receipt = actions.raise_request(said, key=key, by=by, at=at)
    notice = _(
        "Its number is %(number)s, its receipt code %(code)s: with both it is followed at %(where)s."
    ) % {
        "number": receipt.matter.number,
        "code": receipt.code,
        "where": settings.ORIGIN + reverse("portal:follow"),
    }
    made: Value = {
        "service_request_id": queries.name_of(receipt.matter.pk),
        "service_notice": notice,
        "account_id": None,
    }
    return answer("service_requests", [made], ending)


@interface("GET", "HEAD")
def request(request: HttpRequest, ids: str, ending: str) -> HttpResponse:
    """Show one service request, or several by their names with commas between."""
    client = asks(request, now())
    found = queries.by_names(forms.names(filter(None, ids.split(","))), client)
    if not found:
        raise Http404(_("There is no service request of this name."))
    return _listed(request, found, ending)


@interface("GET", "HEAD")
def token(request: HttpRequest, ids: str, ending: str) -> HttpResponse:
    """Say which service request a token became: here each has its name at once, and that is its token."""
    client = asks(request, now())
    found = queries.by_names([ids], client)
    if not found:
        raise Http404(_("There is no token of this name."))
    name = found[0]["service_request_id"]
    return answer("service_requests", [{"service_request_id": name, "token": name}], ending)


@interface("GET", "HEAD", "POST")
def updates(request: HttpRequest, ending: str) -> HttpResponse:
    """List what happened to service requests, or add to one."""
    if request.method == "POST":
        return _update(request, ending)
    at = now()
    client = asks(request, at)
    since, until = forms.span(request.GET, "start_date", "end_date", at)
    return answer("service_request_updates", [*queries.updates(since, until, client)], ending)


def _update(request: HttpRequest, ending: str) -> HttpResponse:
    at = now()
    by, params = caller(request, at), given(request)
    name = forms.one(params, "service_request_id")
    if not name:
        raise ValidationError(_("“service_request_id” is missing."))
    own = Raised.objects.select_related("matter").filter(client=by.client)
    raised = own.filter(matter__in=queries.keys_of([name])).first()
    if raised is None:
        raise Http404(_("There is no service request of this name that you raised."))
    key = forms.one(params, "update_id") or request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY:
        raise ValidationError(_("“update_id” is longer than 64 characters."))
    words = forms.one(params, "description")
    made = actions.update(raised, key=key, words=words, by=by, at=at)
    said: Value = {"update_id": str(made.pk), "service_request_id": name}
    return answer("service_request_updates", [said], ending)


@interface("GET", "HEAD")
def bulk(request: HttpRequest, ending: str = "csv") -> HttpResponseBase:  # noqa: ARG001
    """Send all that is public as CSV, row by row, by the columns of GeoReport Bulk."""
    at, hour = now(), timedelta(hours=1)
    spend("open311-bulk", address(request), limit=DOWNLOADS, window=hour, by=ANYBODY, at=at)
    response = StreamingHttpResponse(_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="requests-{_day(at)}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _day(at: datetime) -> str:
    return localdate(at).isoformat()


def _csv() -> Iterator[str]:
    yield ",".join(queries.COLUMNS) + END
    for rows in queries.bulk(CHUNK, quoted):
        yield "".join([",".join(row) + END for row in rows])


@interface("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")
def nothing(request: HttpRequest, ending: str = "xml", **_named: Any) -> HttpResponse:  # noqa: ARG001
    """Say in the form of the interface that nothing is at an address of it."""
    raise Http404(_("There is nothing at this address: see discovery.xml."))

"""What everybody may read: for people as pages, for machines as DCAT-AP."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from gongzhi.sharing import dcat, queries
from gongzhi.sharing.forms import ThemeForm
from gongzhi.sharing.models import Item


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what is shared between which offices, for what and on which ground, and how often."""
    at = now()
    form = ThemeForm(request.GET)
    theme = form.cleaned_data["theme"] if form.is_valid() else ""
    page = queries.shared(theme, _key(request.GET.get("after", "")), at)
    kept = {"theme": theme} if theme else {}
    said = {
        "form": form,
        "page": page,
        "months": queries.months(at),
        "next_url": f"?{urlencode(kept | {'after': page.after})}" if page.after else "",
        "prev_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
        "endings": dcat.TYPES,
    }
    return render(request, "sharing/index.html", said)


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        return None


@require_safe
def public_item(request: HttpRequest, code: str) -> HttpResponse:
    """Show what an item is, to everybody."""
    listed = Item.objects.listed().select_related("system", "office")
    found = get_object_or_404(listed, code=code)
    today = localdate()
    running = [one for one in queries.of_item(found) if one.is_running(today)]
    said = {"item": found, "uses": running, "late": found.is_stale(today)}
    return render(request, "sharing/public_item.html", said)


@require_safe
def catalogue(request: HttpRequest, ending: str = "") -> HttpResponse:
    """Send the catalogue in the form that the address ends in, or that is asked for."""
    form = ending or _asked(request)
    made = queries.catalogue_file(form)
    tag = f'"{made.sha256}"'
    answer: HttpResponse
    if tag in request.headers.get("If-None-Match", ""):
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(made.content, content_type=f"{dcat.TYPES[form]}; charset=utf-8")
    answer["ETag"] = tag
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    if not ending:
        patch_vary_headers(answer, ["Accept"])
    return answer


def _asked(request: HttpRequest) -> str:
    """Return the form that whoever asks likes best; Turtle where none of ours."""
    found = request.get_preferred_type(list(dcat.TYPES.values()))
    return next((ending for ending, kind in dcat.TYPES.items() if kind == found), "ttl")

"""The register of assets as staff see it, and what everybody sees who scans a label."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.assets import actions, queries, rules, words
from gongzhi.assets.forms import AddForm, AskForm, AssetForm, ChangeClassForm, ClassForm, LookForm
from gongzhi.assets.models import Asset, AssetClass
from gongzhi.assets.states import ASSET, ONLY_KEEPER
from gongzhi.audit.queries import history
from gongzhi.base.fields import tell
from gongzhi.base.moves import MoveLost

ASKS = ("kind", "place", "condition", "keeper", "due")
MOST_RAISED = 50
GET_POST = ["GET", "HEAD", "POST"]


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """List assets by code, narrowed by class, place, condition and office."""
    form = AskForm(request.GET, on=localdate())
    asked = form.asked()
    rows, more = queries.page(queries.narrowed(asked), request.GET.get("after", ""))
    counts = queries.counts(asked)
    context = _asked(request, form) | {
        "rows": [(row, words.TONES[row.state]) for row in rows],
        "n": sum(counts.values()),
        "next_url": f"?{_query(request, after=more)}" if more else "",
        "may_add": rules.may_add_any(request.staff),
        "may_class": rules.may_class(request.staff),
    }
    return render(request, "assets/index.html", context)


@require_safe
@staff_only
def map_page(request: SignedIn) -> HttpResponse:
    """Show the same on the map, with the list beside it; some hundred at a time."""
    form = AskForm(request.GET, on=localdate())
    after = request.GET.get("after", "")
    rows, more = queries.page(queries.narrowed(form.asked()), after, queries.ON_MAP)
    context = _asked(request, form) | {
        "rows": [(row, words.TONES[row.state]) for row in rows],
        "points": [_point(row) for row in rows],
        "next_url": f"?{_query(request, after=more)}" if more else "",
    }
    return render(request, "assets/map.html", context)


def _asked(request: HttpRequest, form: AskForm) -> dict[str, Any]:
    """Return what the filters show, and the address that keeps them."""
    return {"filters": form, "query": _query(request), **form.choices()}


def _query(request: HttpRequest, **more: str) -> str:
    told = {name: request.GET[name] for name in ASKS if request.GET.get(name)}
    return urlencode(told | more)


def _point(asset: Asset) -> dict[str, Any]:
    return {
        "lat": asset.lat,
        "lon": asset.lon,
        "tone": words.TONES[asset.state],
        "label": f"{asset.name} · {asset.get_state_display()}",
        "url": reverse("assets:show", args=[asset.pk]),
        "row": asset.pk.hex,
    }


@dataclass(frozen=True, slots=True)
class Label:
    """An asset with the code that opens its public page."""

    asset: Asset
    qr: SafeString


@require_safe
@staff_only
def labels(request: SignedIn) -> HttpResponse:
    """Show labels to print for the assets asked for, a sheet of paper or two at a time."""
    form = AskForm(request.GET, on=localdate())
    found = queries.narrowed(form.asked()).standing()
    if code := request.GET.get("code", ""):
        found = found.filter(code=code)
    rows, more = queries.page(found, request.GET.get("after", ""), queries.SHEETS)
    context = {
        "labels": [Label(row, _drawn(row)) for row in rows],
        "next_url": f"?{_query(request, after=more)}" if more else "",
        "query": _query(request),
    }
    return render(request, "assets/labels.html", context)


def _drawn(asset: Asset) -> SafeString:
    address = f"{settings.ORIGIN}{reverse('assets:public', args=[asset.code])}"
    # Level Q: a quarter of the label may be scratched or faded.
    return mark_safe(segno.make(address, error="q").svg_inline(omitsize=True, border=2))


# --- One asset.


@never_cache
@require_safe
@staff_only
def show(request: SignedIn, key: UUID) -> HttpResponse:
    """Show an asset: what, where, whose, its history and what is raised about it."""
    return _show(request, _find(key), LookForm())


def _find(key: UUID) -> Asset:
    return get_object_or_404(queries.with_names(Asset.objects.filter(pk=key)))


def _show(request: SignedIn, asset: Asset, form: LookForm, status: int = 200) -> HttpResponse:
    raised = queries.raised(asset, request.staff)
    context = {
        "asset": asset,
        "tone": words.TONES[asset.state],
        "point": [_point(asset)],
        "moves": [
            move
            for move in ASSET.open_from(asset.state)
            if getattr(rules, f"may_{move.name}")(request.staff, asset)
        ],
        "may_change": rules.may_change(request.staff, asset),
        "raised": list(raised[:MOST_RAISED]),
        "story": words.story(history(asset.pk)),
        "form": form,
    }
    return render(request, "assets/show.html", context, status=status)


@require_POST
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Note what condition somebody found an asset in."""
    asset = _find(key)
    if not getattr(rules, f"may_{name}")(request.staff, asset):
        raise PermissionDenied(ASSET[name].only)
    form = LookForm(request.POST)
    if form.is_valid():
        look_on = form.cleaned_data["look_on"]
        try:
            getattr(actions, name)(asset, look_on=look_on, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is noted."))
            return redirect("assets:show", asset.pk)
    return _show(request, asset, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(GET_POST)
@staff_only
def add(request: SignedIn) -> HttpResponse:
    """Add an asset."""
    if not rules.may_add_any(request.staff):
        raise PermissionDenied(ONLY_KEEPER)
    form = AddForm(request.POST or None, to=request.staff)
    if request.method == "POST" and form.is_valid():
        try:
            asset = actions.add(form.told(), **form.given(), by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is in the register."))
            return redirect("assets:show", asset.pk)
    return _form(request, form, None)


@require_http_methods(GET_POST)
@staff_only
def change(request: SignedIn, key: UUID) -> HttpResponse:
    """Change what is said of an asset."""
    asset = _find(key)
    if not rules.may_change(request.staff, asset):
        raise PermissionDenied(ONLY_KEEPER)
    form = AssetForm(request.POST or None, to=request.staff, asset=asset)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.change(asset, form.told(), version=version, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        except MoveLost as lost:
            form.add_error(None, str(lost))
        else:
            messages.success(request, _("It is changed."))
            return redirect("assets:show", asset.pk)
    return _form(request, form, asset)


def _form(request: SignedIn, form: AssetForm, asset: Asset | None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "asset": asset, "tiles": settings.TILES}
    return render(request, "assets/form.html", context, status=status)


# --- Classes.


@require_http_methods(GET_POST)
@staff_only
def classes(request: SignedIn) -> HttpResponse:
    """List the classes, and add another."""
    _only_administrators(request)
    form = ClassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_class(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The class is added."))
            return redirect("assets:classes")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "rows": list(queries.classes())}
    return render(request, "assets/classes.html", context, status=status)


@require_http_methods(GET_POST)
@staff_only
def change_class(request: SignedIn, key: UUID) -> HttpResponse:
    """Change a class."""
    _only_administrators(request)
    row = get_object_or_404(AssetClass, pk=key)
    names = ("name_zh", "name_en", "source", "is_active")
    form = ChangeClassForm(
        request.POST or None, initial={name: getattr(row, name) for name in names}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_class(row, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The class is changed."))
            return redirect("assets:classes")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "assets/class.html", {"form": form, "row": row}, status=status)


@require_POST
@staff_only
def seed_classes(request: SignedIn) -> HttpResponse:
    """Add the classes that come with the software and are not there."""
    n = actions.seed_classes(by=request.staff, at=now())
    messages.success(request, _("%(n)d classes are added.") % {"n": n})
    return redirect("assets:classes")


def _only_administrators(request: SignedIn) -> None:
    if not rules.may_class(request.staff):
        raise PermissionDenied(_("These pages are for administrators."))


# --- Everybody.


@never_cache
@require_safe
def public(request: HttpRequest, code: str) -> HttpResponse:
    """Show everybody what a label stands on: what it is, who maintains it, how much is open."""
    asset = queries.by_code(code)
    if asset and asset.is_standing:
        context = {"asset": asset, "n": queries.n_open(asset)}
        return render(request, "assets/public.html", context)
    is_code = queries.is_code(code)
    why = words.why_not(
        is_code=is_code, is_here=is_code and queries.is_here(code), is_retired=asset is not None
    )
    status = HTTPStatus.GONE if asset else HTTPStatus.NOT_FOUND
    place = asset.place.code if asset else ""
    return render(request, "assets/unknown.html", {"why": why, "place": place}, status=status)

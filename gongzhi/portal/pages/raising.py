"""Raise a matter, and its receipt."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import address
from gongzhi.advice.danger import helps, words
from gongzhi.assets import actions as asset_actions
from gongzhi.assets import queries as asset_queries
from gongzhi.audit.actors import Actor
from gongzhi.base.doors import with_senders
from gongzhi.base.http import TooMany, pdf_answer
from gongzhi.base.typesetting import pdf
from gongzhi.matters import actions, queries
from gongzhi.matters.actions import proving
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import receipt_code
from gongzhi.papers import queries as papers
from gongzhi.places.gazetteer import spoken_of
from gongzhi.portal.forms import RaiseForm
from gongzhi.portal.pages import proofs
from gongzhi.portal.queries import where
from gongzhi.portal.queries.nearby import marked, nearby
from gongzhi.portal.queries.story import standing
from gongzhi.portal.rules import RAISE, SUGGEST

ANYBODY = Actor(None, "requester")
CHIPS = 3


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def raise_matter(request: HttpRequest) -> HttpResponse:
    """Show the form, or take the matter on and go to its receipt."""
    at = now()
    if request.method != "POST":
        return _asked(request, at)
    try:
        proving.spend(RAISE, address(request), by=ANYBODY, at=at)
    except TooMany as fault:
        return _slowed(request, at, fault)
    form = RaiseForm(request.POST, request.FILES, at=at)
    if not form.is_valid():
        return _form(request, form, 422)
    try:
        receipt = _receive(form, at)
    except ValidationError as fault:
        form.add_error(None, fault)
        return _form(request, form, 422)
    proofs.hold(request, receipt.matter, proofs.RAISED)
    return redirect("portal:receipt", receipt.matter.pk)


def _asked(request: HttpRequest, at: datetime) -> HttpResponse:
    """Return the form for the place or the asset whose code was scanned, or say why there is none."""
    asset, code = None, request.GET.get("asset", "")
    if code.isascii() and code.isdigit():
        asset = asset_queries.standing(code)
        if asset is None:
            return redirect("assets:public", code)
    return _form(request, RaiseForm(at=at, place=request.GET.get("place", ""), asset=asset))


def _receive(form: RaiseForm, at: datetime) -> actions.Receipt:
    """Take the matter on, and keep which asset it is about."""
    if form.thing is None:
        return actions.receive(form.report(), by=ANYBODY, at=at)
    with transaction.atomic():
        receipt = actions.receive(form.report(), by=ANYBODY, at=at)
        asset_actions.link(form.thing, matter=receipt.matter, by=ANYBODY, at=at)
    return receipt


def _form(request: HttpRequest, form: RaiseForm, status: int = 200) -> HttpResponse:
    said = {"form": form, "words": list(words()), "dangers": form.dangers, "tiles": settings.TILES}
    return render(request, "portal/raise.html", said, status=status)


def _slowed(request: HttpRequest, at: datetime, fault: TooMany) -> HttpResponse:
    """Return the form with everything that was typed; the photographs are kept on the device."""
    form = RaiseForm(at=at, initial=request.POST.dict())
    form.slowed = fault.free_at
    response = _form(request, form, 429)
    response["Retry-After"] = str(max(1, int((fault.free_at - at).total_seconds())))
    return response


@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """Return for the form which kinds and places the words so far may mean, and what is raised already.

    Past the limit nothing is suggested; the form works all the same.
    """
    at, said = now(), request.POST.get
    try:
        proving.spend(SUGGEST, address(request), by=ANYBODY, at=at)
    except TooMany:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    text, known = said("text", ""), queries.catalogue(localdate(at))
    likely = queries.suggest_kind(text, localdate(at))[:CHIPS]
    kinds = [known[one.label] for one in likely if one.label in known]
    place = where.community(said("place", ""), said("lat", ""), said("lon", ""), localdate(at))
    kind = said("kind", "") or (kinds[0].code if kinds else "")
    here = (
        []
        if said("lat")
        else spoken_of(f"{said('address', '')}\n{text}", place.path if place else "")
    )
    found = {
        "kinds": kinds,
        "here": here,
        "near": nearby(text, kind, place, at, marked(said("same", ""), at)),
    }
    return render(request, "portal/_kinds.html", found)


def _raised(request: HttpRequest, pk: UUID) -> Matter | None:
    """Return the matter in the session that raised it, and nowhere else."""
    return proofs.proven(request, pk) if pk.hex in request.session.get(proofs.RAISED, []) else None


@with_senders
@never_cache
@require_safe
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the receipt in the session that raised the matter, and nowhere else."""
    matter = _raised(request, pk)
    if not matter:
        return redirect("portal:follow")
    code = receipt_code(matter.form_key)
    said = {
        "matter": matter,
        "duty": queries.duty_for(matter.kind_code, matter.desk, localdate(now())),
        "code": code,
        "standing": standing(matter, now()),
        "help": helps().get(matter.danger),
        "danger": matter.danger or (matter.urgent and matter.kind.danger),
    }
    return render(request, "portal/receipt.html", said)


@never_cache
@require_safe
def receipt_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the receipt as PDF to the session that raised the matter, and nowhere else."""
    matter = _raised(request, pk)
    if not matter:
        return redirect("portal:follow")
    sheet = papers.receipt(matter, receipt_code(matter.form_key))
    return pdf_answer(pdf(sheet, now()), f"{matter.number}.pdf")

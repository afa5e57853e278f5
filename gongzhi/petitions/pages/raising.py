"""Raise a petition, sign one with others, write down what came otherwise, file one for somebody."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, address, staff_only
from gongzhi.audit.actors import Actor
from gongzhi.base.fields import tell
from gongzhi.matters.actions.proving import Limit, spend
from gongzhi.parties import http as parties
from gongzhi.parties.models import Party
from gongzhi.parties.queries import of_file
from gongzhi.petitions import actions, queries, rules
from gongzhi.petitions.forms import FileForm, RaiseForm, ReceiveForm, RegisterForm, SignForm
from gongzhi.petitions.http import found, party_of
from gongzhi.petitions.readers import routes
from gongzhi.petitions.states import Part

ANYBODY = Actor(None, "petitioner")
RAISES = Limit("petition-raise", 60, timedelta(hours=1))


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Explain what a petition is, how it goes, by when, and what else the law has."""
    on = localdate()
    rows = [(route.name, *queries.route_limit(route, on)) for route in routes().values()]
    return render(request, "petitions/about.html", {"routes": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def raise_petition(request: HttpRequest) -> HttpResponse:
    """Show the form, or register what was raised and show its receipt."""
    at, on = now(), localdate()
    form = RaiseForm(request.POST or None, request.FILES or None, on=on)
    if request.method == "POST" and form.is_valid():
        spend(RAISES, address(request), by=ANYBODY, at=at)
        try:
            made = actions.register(form.petition(), by=ANYBODY, at=at)
        except ValidationError as refused:
            tell(form, refused)
        else:
            party = _petitioner(made)
            parties.hold(request, party)
            context = {"made": made, "party": party}
            return render(request, "petitions/receipt.html", context)
    return _form(request, "petitions/raise.html", form)


def _petitioner(made: actions.Registered) -> Party:
    return next(one for one in of_file(made.petition.pk) if one.role == Part.PETITIONER)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, key: UUID, token: str) -> HttpResponse:
    """Let whoever was sent the link read title and words, and sign with a code of their own."""
    petition, at = found(key), now()
    linked = hmac.compare_digest(token, queries.token(petition))
    if not linked or not rules.may_sign(ANYBODY, petition):
        raise PermissionDenied(
            _("This petition is not open for signing, or no longer. Ask who sent you the link.")
        )
    if known := party_of(request, key):
        return redirect(known)
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        spend(RAISES, address(request), by=ANYBODY, at=at)
        try:
            joined = actions.sign(petition, reach=form.reach(), by=ANYBODY, at=at)
        except ValidationError as refused:
            tell(form, refused)
        else:
            parties.hold(request, joined.party)
            context = {"made": {"petition": petition, "code": joined.code}, "party": joined.party}
            return render(request, "petitions/receipt.html", context)
    return _form(request, "petitions/sign.html", form, petition=petition)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def register(request: SignedIn) -> HttpResponse:
    """Write down what came by letter, by telephone or in person."""
    if not rules.may_register(request.staff):
        raise PermissionDenied(_("What comes by this way the petition office writes down."))
    form = RegisterForm(request.POST or None, request.FILES or None, on=localdate())

    def write() -> actions.Registered:
        return actions.register(form.petition(), by=request.staff, at=now())

    return _written(request, form, write) or _form(request, "petitions/register.html", form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def receive(request: SignedIn) -> HttpResponse:
    """Write down, at the desk of an organ, what came to it directly."""
    own = rules.receiving(request.staff)
    if not own:
        raise PermissionDenied(
            _("Only who serves in the office to which it came registers it there.")
        )
    form = ReceiveForm(request.POST or None, request.FILES or None, on=localdate(), own=own)

    def write() -> actions.Registered:
        office = form.cleaned_data["office"]
        return actions.receive(form.petition(), office=office, by=request.staff, at=now())

    return _written(request, form, write) or _form(request, "petitions/register.html", form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def file_for(request: SignedIn) -> HttpResponse:
    """File a petition for somebody who cannot, who signs on the screen."""
    if not rules.may_file(request.staff):
        raise PermissionDenied(
            _("Only grid workers, grid leads and acceptors file petitions for others.")
        )
    typed = (request.POST or None, request.FILES or None)
    form = FileForm(*typed, on=localdate(), by=request.staff)

    def write() -> actions.Registered:
        drawing = form.cleaned_data["drawing"]
        return actions.file_for(form.petition(), drawing=drawing, by=request.staff, at=now())

    return _written(request, form, write) or _form(request, "petitions/file.html", form)


def _written(
    request: SignedIn, form: RaiseForm, write: Callable[[], actions.Registered]
) -> HttpResponse | None:
    """Write a petition down and show its slips; None, with what is wrong in ``form``, if it cannot be."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        made = write()
    except ValidationError as refused:
        tell(form, refused)
        return None
    return render(request, "petitions/slips.html", {"made": made})


def _form(
    request: HttpRequest, template: str, form: RaiseForm | SignForm, **more: object
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, {"form": form, **more}, status=status)

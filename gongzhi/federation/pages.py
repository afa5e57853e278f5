from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.federation import actions, queries, rules
from gongzhi.federation.forms import AddForm, ChangeForm, PurposeForm
from gongzhi.federation.models import Handed, Parcel, Peer
from gongzhi.federation.states import PEER
from gongzhi.matters.queries import contact_labels
from gongzhi.matters.rules import may_see

BOTH = ["GET", "HEAD", "POST"]


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """List the levels, and how we stand with each."""
    rules.check(request.staff)
    return render(request, "federation/index.html", {"peers": queries.peers(), "at": now()})


@never_cache
@require_http_methods(BOTH)
@staff_only
def add(request: SignedIn) -> HttpResponse:
    """Make another installation known; then show the token for its administrator, once."""
    rules.check(request.staff)
    form = AddForm(request.POST or None)
    if form.is_valid():
        try:
            known = actions.add_peer(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            return render(request, "federation/token.html", {"known": known})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "federation/add.html", {"form": form}, status=status)


def _peer(key: UUID) -> Peer:
    found = Peer.objects.select_related("office", "client__account")
    return get_object_or_404(found, pk=key)


@require_http_methods(BOTH)
@staff_only
def peer(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a level: how we stand with it, what could not be done; and change where it is."""
    rules.check(request.staff)
    found = _peer(key)
    form = ChangeForm(request.POST or None, initial={"address": found.address})
    if form.is_valid():
        try:
            actions.change(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("“%(peer)s” is changed.") % {"peer": found})
            return redirect("federation:peer", key)
    return _show(request, found, form)


def _show(request: SignedIn, peer: Peer, form: Form) -> HttpResponse:
    faults = queries.faults(peer)
    known = queries.numbers(peer, {one.ref for one in faults})
    context = {
        "peer": peer,
        "form": form,
        "moves": [move for move in PEER.open_from(peer.state) if move.name != "change"],
        "faults": [(one, known.get(one.ref, "–")) for one in faults],
        "n_common": queries.count(peer),
        "at": now(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "federation/peer.html", context, status=status)


@require_POST
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Pause the exchange with a level, or go on."""
    getattr(actions, name)(_peer(key), by=request.staff, at=now())
    return redirect("federation:peer", key)


@require_POST
@staff_only
def compare(request: SignedIn, key: UUID) -> HttpResponse:
    """Have both ledgers compared."""
    actions.ask_compare(_peer(key), by=request.staff, at=now())
    messages.success(request, _("Both ledgers are being compared: look again in a minute."))
    return redirect("federation:peer", key)


@require_POST
@staff_only
def again(request: SignedIn, key: UUID) -> HttpResponse:
    """Try once more what a parcel asks for."""
    parcel = get_object_or_404(Parcel, pk=key, is_ours=False)
    if actions.take_again(parcel, by=request.staff, at=now()):
        messages.success(request, _("It is done now."))
    else:
        messages.error(request, _("It still cannot be done: %(why)s") % {"why": parcel.fault})
    return redirect("federation:peer", parcel.peer_id)


@never_cache
@require_POST
@staff_only
def contact(request: SignedIn, key: UUID) -> HttpResponse:
    """Show how to reach who raised what was handed to us, this once; the look is recorded at both ends."""
    shared = _shared(request, key)
    form = PurposeForm(request.POST)
    parts, fault = [], ""
    if form.is_valid():
        try:
            said = actions.ask_contact(shared, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as refused:
            fault = " ".join(refused.messages)
        else:
            labels = contact_labels()
            parts = [(labels[name], value) for name, value in said if name in labels]
    context = {"shared": shared, "form": form, "parts": parts, "fault": fault}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    status = HTTPStatus.SERVICE_UNAVAILABLE if fault else status
    return render(request, "federation/contact.html", context, status=status)


def _shared(request: SignedIn, key: UUID) -> Handed:
    shared = queries.shared(key)
    if shared is None or not may_see(request.staff, shared.matter):
        raise Http404(_("There is no such matter, or it is not yours to see."))
    return shared

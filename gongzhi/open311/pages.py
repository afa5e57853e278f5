"""Foreign servers, for administrators; passing a matter on, for who dispatches."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import Matter
from gongzhi.matters.queries import latest_name
from gongzhi.open311 import actions, queries, rules
from gongzhi.open311.forms import ForwardForm, MappingForm, ServerForm
from gongzhi.open311.models import Forwarded, Mapping, Server


def _check(request: SignedIn) -> None:
    if not rules.may_register(request.staff):
        raise PermissionDenied(_("Only an administrator may register foreign servers."))


def _status(*forms: ServerForm | MappingForm | ForwardForm | None) -> HTTPStatus:
    wrong = any(form and form.errors for form in forms)
    return HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def servers(request: SignedIn) -> HttpResponse:
    """Show the servers that matters may be passed on to, and register another."""
    _check(request)
    form = ServerForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.register(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The server is registered. Say which kinds it takes."))
            return redirect("open311:server", made.pk)
    said = {"form": form, "servers": queries.all_servers(), "origin": queries.origin()}
    return render(request, "open311/servers.html", said, status=_status(form))


@require_safe
@staff_only
def server(request: SignedIn, pk: UUID) -> HttpResponse:
    """Show one server: what it takes, what stands there, how it can be changed."""
    _check(request)
    return _server(request, get_object_or_404(Server, pk=pk), now())


def _server(
    request: SignedIn,
    server: Server,
    at: datetime,
    *,
    change: ServerForm | None = None,
    mapping: MappingForm | None = None,
) -> HttpResponse:
    known = {name: getattr(server, name) for name in ("name", "address", "jurisdiction")}
    said = {
        "server": server,
        "mappings": [(one, latest_name(one.kind_code)) for one in queries.mappings(server)],
        "load": queries.load_of(server),
        "change": change or ServerForm(initial=known, known=True),
        "mapping": mapping or MappingForm(kinds=queries.services(localdate(at))),
    }
    return render(request, "open311/server.html", said, status=_status(change, mapping))


@require_POST
@staff_only
def change(request: SignedIn, pk: UUID) -> HttpResponse:
    """Change where a server is and how it is called."""
    _check(request)
    found, at = get_object_or_404(Server, pk=pk), now()
    form = ServerForm(request.POST, known=True)
    if form.is_valid():
        try:
            actions.change(found, **form.cleaned_data, by=request.staff, at=at)
        except ValidationError as fault:
            found.refresh_from_db()
            tell(form, fault)
        else:
            messages.success(request, _("The server was changed."))
            return redirect("open311:server", pk)
    return _server(request, found, at, change=form)


@require_POST
@staff_only
def retire(request: SignedIn, pk: UUID) -> HttpResponse:
    """Pass nothing more on to a server."""
    _check(request)
    actions.retire(get_object_or_404(Server, pk=pk), by=request.staff, at=now())
    messages.success(request, _("Nothing more is passed on to this server."))
    return redirect("open311:servers")


@require_POST
@staff_only
def map_kind(request: SignedIn, pk: UUID) -> HttpResponse:
    """Say under which code a server takes matters of a kind."""
    _check(request)
    found, at = get_object_or_404(Server, pk=pk), now()
    kinds = {kind.code: kind for kind in queries.services(localdate(at))}
    form = MappingForm(request.POST, kinds=kinds.values())
    if form.is_valid():
        given = form.cleaned_data | {"kind": kinds[form.cleaned_data["kind"]]}
        try:
            actions.map_kind(found, **given, by=request.staff, at=at)
        except ValidationError as fault:
            tell(form, fault)
        else:
            return redirect("open311:server", pk)
    return _server(request, found, at, mapping=form)


@require_POST
@staff_only
def unmap_kind(request: SignedIn, pk: UUID) -> HttpResponse:
    """Pass matters of a kind on to a server no more."""
    _check(request)
    mapping = get_object_or_404(Mapping.objects.select_related("server"), pk=pk)
    actions.unmap_kind(mapping, by=request.staff, at=now())
    return redirect("open311:server", mapping.server_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def forward(request: SignedIn, pk: UUID) -> HttpResponse:
    """Ask to whom a matter is passed on, and what of it they read."""
    seen = matter_rules.visible(Matter.objects.filter(pk=pk), request.staff)
    matter = get_object_or_404(seen.with_names())
    if not rules.may_forward(request.staff, matter):
        raise PermissionDenied(
            _("Only a dispatcher or supervisor may pass on an open matter that everybody may know.")
        )
    found = queries.servers_for(matter)
    form = ForwardForm(request.POST or None, matter=matter, servers=found)
    if form.is_valid():
        try:
            actions.forward(matter, **form.given(), by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is being passed on. Here you see what becomes of it."))
            return redirect("matters:show", pk)
    said = {"matter": matter, "form": form, "can": bool(found)}
    return render(request, "open311/forward.html", said, status=_status(form))


@require_POST
@staff_only
def resend(request: SignedIn, pk: UUID) -> HttpResponse:
    """Try once more to pass on what was not taken."""
    seen = matter_rules.visible(Matter.objects.all(), request.staff).values("pk")
    found = Forwarded.objects.filter(matter__in=seen).select_related("matter", "server")
    one = get_object_or_404(found, pk=pk)
    actions.resend(one, by=request.staff, at=now())
    messages.success(request, _("It is tried once more."))
    return redirect("matters:show", one.matter_id)

"""The catalogue of matters: editions are added and delisted, never changed in place."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn
from gongzhi.accounts.queries import duties
from gongzhi.base.fields import tell
from gongzhi.manage import queries
from gongzhi.manage.forms import DelistForm, KindForm
from gongzhi.manage.rules import administrators_only
from gongzhi.matters import actions
from gongzhi.matters.models import Kind


@require_safe
@administrators_only
def catalogue(request: SignedIn) -> HttpResponse:
    """Show the kinds by class, in force, to come and ended."""
    today = localdate()
    groups: dict[str, list[tuple[Kind, str]]] = {}
    named = duties()
    for kind in queries.catalogue(today):
        row = kind, named.get(kind.duty, kind.duty)
        groups.setdefault(kind.kind_class.name, []).append(row)
    return render(request, "manage/catalogue.html", {"groups": groups, "today": today})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def add_kind(request: SignedIn) -> HttpResponse:
    """List a new kind."""
    form = KindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kind = actions.list_kind(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("“%(kind)s” is listed.") % {"kind": kind.name})
            return redirect("manage:kind", kind.code)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def kind(request: SignedIn, code: str) -> HttpResponse:
    """Show a kind with its editions, and list the next edition."""
    editions = _editions(code)
    form = KindForm(request.POST or None, last=editions[0])
    if request.method == "POST" and form.is_valid():
        try:
            actions.list_kind(code=code, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The new edition is listed."))
            return redirect("manage:kind", code)
    return _form(request, form, editions)


@require_POST
@administrators_only
def delist(request: SignedIn, code: str) -> HttpResponse:
    """Let the latest edition of a kind end."""
    editions = _editions(code)
    form = DelistForm(request.POST, auto_id="delist_%s")
    if form.is_valid():
        try:
            actions.delist(editions[0], **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            form.add_error("on", fault)
        else:
            said = _("“%(kind)s” ends on that day.") % {"kind": editions[0].name}
            messages.success(request, said)
            return redirect("manage:kind", code)
    return _form(request, KindForm(last=editions[0]), editions, form)


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def _editions(code: str) -> list[Kind]:
    found = list(queries.editions(code))
    if not found:
        raise Http404
    return found


def _form(
    request: SignedIn,
    form: KindForm,
    editions: list[Kind] | None = None,
    delist: DelistForm | None = None,
) -> HttpResponse:
    said: dict[str, object] = {"form": form, "english": _in_english()}
    if editions:
        named = duties()
        said["editions"] = [(kind, named.get(kind.duty, kind.duty)) for kind in editions]
        said["last"] = editions[0]
    said["delist"] = delist or DelistForm(auto_id="delist_%s")
    status = 422 if form.errors or (delist and delist.errors) else 200
    return render(request, "manage/kind.html", said | {"today": localdate()}, status=status)

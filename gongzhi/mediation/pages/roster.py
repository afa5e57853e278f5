"""The roster of a committee, for its head and for administrators."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Office
from gongzhi.base.fields import tell
from gongzhi.base.http import sentence
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.forms import ListForm, RowForm
from gongzhi.mediation.models import Mediator
from gongzhi.mediation.pages.finding import sent
from gongzhi.mediation.states import ONLY_HEAD


def _committee(request: SignedIn, code: str) -> Office:
    office = get_object_or_404(Office, code=code, duty__in=queries.DUTIES)
    if not rules.may_list(request.staff, office.pk):
        raise PermissionDenied(ONLY_HEAD)
    return office


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def roster(request: SignedIn, code: str) -> HttpResponse:
    """Show who stands on the roster, and put somebody on it."""
    office, at = _committee(request, code), now()
    form = ListForm(sent(request), committee=office, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            actions.list_mediator(office, **form.cleaned_data, by=request.staff, at=at)
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("They stand on the roster."))
            return redirect("mediation:roster", code)
    context = {"office": office, "form": form, "rows": queries.roster(office.pk)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "mediation/roster.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def mediator(request: SignedIn, code: str, key: UUID) -> HttpResponse:
    """Change a row of the roster."""
    office = _committee(request, code)
    row = get_object_or_404(Mediator, pk=key, committee=office, delisted_at=None)
    form = RowForm(sent(request), mediator=row)
    if request.method == "POST" and form.is_valid():
        actions.edit_mediator(row, **form.cleaned_data, by=request.staff, at=now())
        messages.success(request, _("Changed."))
        return redirect("mediation:roster", code)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"office": office, "form": form, "row": row}
    return render(request, "mediation/mediator.html", context, status=status)


@require_POST
@staff_only
def delist(request: SignedIn, code: str, key: UUID) -> HttpResponse:
    """Take somebody off the roster."""
    office = _committee(request, code)
    row = get_object_or_404(Mediator, pk=key, committee=office, delisted_at=None)
    try:
        actions.delist_mediator(row, by=request.staff, at=now())
    except ValidationError as refused:
        messages.error(request, sentence(refused))
        return redirect("mediation:mediator", code, key)
    messages.success(request, _("They stand on the roster no more."))
    return redirect("mediation:roster", code)

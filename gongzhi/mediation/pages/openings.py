"""Sealed files opened to somebody else: asked for, decided by another, read for a day."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Role
from gongzhi.base.fields import tell
from gongzhi.base.moves import seen
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.bagit import zipped
from gongzhi.mediation.forms.agreements import PressForm
from gongzhi.mediation.forms.closing import AskOpeningForm, DenyForm
from gongzhi.mediation.models import Opening
from gongzhi.mediation.pages.finding import sent
from gongzhi.mediation.states import OPENING, State

FORMS: dict[str, type[PressForm]] = {
    "open_file": PressForm,
    "deny_opening": DenyForm,
    "shut_file": PressForm,
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def openings(request: SignedIn) -> HttpResponse:
    """Show what was asked for and what waits for a second person; ask for one."""
    me, at = request.staff, now()
    if not me.has_role(Role.SUPERVISOR, Role.HEAD, Role.DATA_OFFICER):
        raise PermissionDenied(
            _("This page is for supervisors, heads of committees and data officers.")
        )
    form = AskOpeningForm(sent(request), by=me)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.ask_opening(said["number"], reason=said["reason"], by=me, at=at)
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(
                request, _("A data officer will decide; its parties read your reason.")
            )
            return redirect("mediation:openings")
    rows = [
        (
            one,
            [
                move
                for move in OPENING.open_from(one.state)
                if getattr(rules, f"may_{move.name}")(me, one)
            ],
            rules.may_read_opened(me, one, at),
        )
        for one in queries.openings_for(me)
    ]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "mediation/openings.html", {"form": form, "rows": rows}, status=status)


def _find(key: UUID, me: object) -> Opening:
    found = Opening.objects.select_related("case__committee", "case__place", "asker").filter(pk=key)
    opening = rules.visible_openings(found, me).first()  # type: ignore[arg-type]
    if opening is None:
        raise Http404
    return opening


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def decide(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Open a file, deny it, or close it again; by GET show what is asked and why."""
    opening, move = _find(key, request.staff), OPENING[name]
    if not getattr(rules, f"may_{name}")(request.staff, opening):
        raise PermissionDenied(move.only)
    form = FORMS[name](sent(request), case=opening.case, version=opening.version)
    if request.method == "POST" and form.is_valid():
        seen(opening, form.cleaned_data["version"])
        try:
            getattr(actions, name)(opening, by=request.staff, at=now(), **form.given())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Done: %(what)s") % {"what": move.label})
            return redirect("mediation:openings")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"opening": opening, "move": move, "form": form}
    return render(request, "mediation/decide.html", context, status=status)


@never_cache
@require_safe
@staff_only
def opened(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a file that was opened to the reader; every look is recorded. Private rooms stay shut."""
    opening = _find(key, request.staff)
    case = actions.read_opened(opening, by=request.staff, at=now())
    found = queries.agreement(case)
    context = {
        "opening": opening,
        "case": case,
        "archived": case.state == State.ARCHIVED,
        "said_jointly": queries.messages(case, None),
        "consents": queries.consents(case),
        "agreement": found,
        "terms": queries.terms(found) if found else [],
    }
    return render(request, "mediation/opened.html", context)


@never_cache
@require_safe
@staff_only
def opened_archive(request: SignedIn, key: UUID) -> HttpResponse:
    """Hand out the archive of a file that was opened to the reader, checked to its last byte."""
    opening = _find(key, request.staff)
    case = actions.read_opened(opening, by=request.staff, at=now())
    if case.state != State.ARCHIVED:
        raise Http404
    content = zipped(case.number, queries.unpacked(case.kept))
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{case.number}.zip"'
    response["Cache-Control"] = "no-store"
    return response

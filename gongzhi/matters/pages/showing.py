"""One matter, all of it on one page."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.audit.actions import look
from gongzhi.matters import businesses, rules
from gongzhi.matters.forms import LookForm, MoveForm
from gongzhi.matters.models import Matter, OfficeTask
from gongzhi.matters.pages.buttons import Button, buttons
from gongzhi.matters.pages.dossier import read
from gongzhi.matters.pages.finding import find


@require_safe
@staff_only
def show(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a matter with everything on it and the moves that are next."""
    return page(request, find(key, request.staff))


def page(
    request: SignedIn,
    matter: Matter,
    *,
    typed: MoveForm | None = None,
    opened: str = "",
    task: OfficeTask | None = None,
    said: str = "",
    lost: dict[str, str] | None = None,
    look_form: LookForm | None = None,
    contact_shown: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Draw the page; ``typed`` is a form that was refused, ``lost`` words whose move is closed.

    ``task`` is the one whose move is ``opened``.
    """
    at = now()
    dossier = read(matter, request.staff, at)
    shown = buttons(dossier, typed, opened, task)
    context = {
        "d": dossier,
        "matter": matter,
        "panels": businesses.panels(matter, request.staff, at),
        "open_moves": [button for button in shown if button.is_open],
        "closed_moves": [button for button in shown if not button.is_open],
        "closed_lines": format_html_join("", CLOSED, _closed(shown)),
        "contact": dossier.contact(shown=contact_shown),
        "contact_shown": contact_shown,
        "look_form": look_form or LookForm(),
        "said": said,
        "lost": lost or {},
        "next": onward(request, matter),
        "tab": request.GET.get("tab") or request.POST.get("tab") or "",
        "may_assist": settings.ASSISTANT and rules.may_assist(request.staff, matter, "summarise"),
        "tiles": settings.TILES,
    }
    return render(request, "matters/show.html", context, status=status)


# Drawn in one go: a template takes ten times as long for as many lines.
CLOSED = '<li class="move"><b>{}</b><p class="move__why">{}</p></li>'


def _closed(shown: list[Button]) -> Iterator[tuple[str | Promise, str]]:
    return ((button.label, button.why) for button in shown if not button.is_open)


def onward(request: HttpRequest, matter: Matter) -> str:
    """Return the address of the next matter in the list that the reader came from, or ""."""
    tab = request.GET.get("tab") or request.POST.get("tab")
    if not tab or not matter.due_at:
        return ""
    try:
        to = reverse("desk:next")
    except NoReverseMatch:
        return ""
    after = f"{matter.due_at.isoformat()}~{matter.pk.hex}"
    return f"{to}?{urlencode({'tab': tab, 'after': after})}"


@never_cache
@require_POST
@staff_only
def contact(request: SignedIn, key: UUID) -> HttpResponse:
    """Show the contact of who raised it, for a purpose that is recorded with the look."""
    matter = find(key, request.staff)
    if not rules.may_contact(request.staff, matter):
        raise PermissionDenied(_("Only those who must reach the requester may see the contact."))
    form = LookForm(request.POST)
    if not form.is_valid():
        return page(request, matter, look_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    look(matter.pk, purpose=form.cleaned_data["purpose"], by=request.staff, at=now())
    return page(request, matter, contact_shown=True)

"""Every move of the committee and the mediators goes through one door: get, act, answer."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused, seen
from gongzhi.mediation import actions, rules
from gongzhi.mediation.forms import FORMS, About, MoveForm
from gongzhi.mediation.models import Case
from gongzhi.mediation.pages.buttons import Opened
from gongzhi.mediation.pages.finding import Record, find_of, only
from gongzhi.mediation.pages.showing import page
from gongzhi.mediation.words import DONE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Make the move ``name``; by GET show the page with its form open."""
    me, at = request.staff, now()
    row, case = find_of(name, key, me)
    if not getattr(rules, f"may_{name}")(me, row):
        raise PermissionDenied(only(name))
    if request.method != "POST":
        return page(request, case, opened=Opened(name, row))
    form = FORMS.get(name, MoveForm)(request.POST, about=About(row, case, me, at))
    if not form.is_valid():
        return _again(request, name, row, form)
    try:
        seen(row, form.cleaned_data["version"])
        getattr(actions, name)(row, by=me, at=at, **form.given())
    except ValidationError as refused:
        tell(form, refused)
        return _again(request, name, row, form)
    except (MoveLost, MoveRefused) as lost:
        fresh, case = find_of(name, key, me)
        opened = Opened(name, fresh, None)
        return page(request, case, opened=opened, said=sentence(lost), status=HTTPStatus.CONFLICT)
    messages.success(request, str(DONE[name]))
    return _on(case, request)


def _on(case: Case, request: SignedIn) -> HttpResponse:
    """Go back to the case, or to what waits where it is theirs no more."""
    case.__dict__.pop("mediators", None)
    if rules.may_see(request.staff, case):
        return redirect("mediation:show", case.pk)
    return redirect("mediation:index")


def _again(request: SignedIn, name: str, row: Record, form: MoveForm) -> HttpResponse:
    said = " ".join(map(str, form.non_field_errors())) if type(form) is MoveForm else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, form.about.case, opened=Opened(name, row, form), said=said, status=status)

"""Every move goes through one door: get, act, answer."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused, seen
from gongzhi.meetings import actions, rules
from gongzhi.meetings.forms import FORMS, About, MoveForm
from gongzhi.meetings.pages.buttons import Opened
from gongzhi.meetings.pages.finding import Record, find_of, move_of
from gongzhi.meetings.pages.showing import page
from gongzhi.meetings.words import DONE


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Make the move ``name``; by GET show the page with its form open."""
    row, summons = find_of(name, key, request.staff)
    if request.method != "POST":
        return page(request, summons, opened=Opened(name, row))
    if not getattr(rules, f"may_{name}")(request.staff, row):
        raise PermissionDenied(move_of(name).only)
    at = now()
    form = FORMS[name](request.POST, about=About(row, summons, at))
    if not form.is_valid():
        return _again(request, name, row, form)
    try:
        seen(row, form.cleaned_data["version"])
        getattr(actions, name)(row, by=request.staff, at=at, **form.given())
    except ValidationError as refused:
        tell(form, refused)
        return _again(request, name, row, form)
    except (MoveLost, MoveRefused) as lost:
        fresh, summons = find_of(name, key, request.staff)
        again = FORMS[name](initial=_typed(form), about=About(fresh, summons, at))
        opened = Opened(name, fresh, again)
        return page(
            request, summons, opened=opened, said=sentence(lost), status=HTTPStatus.CONFLICT
        )
    messages.success(request, str(DONE[name]))
    return redirect("meetings:show", summons.pk)


def _again(request: SignedIn, name: str, row: Record, form: MoveForm) -> HttpResponse:
    opened = Opened(name, row, form)
    said = " ".join(map(str, form.non_field_errors())) if type(form) is MoveForm else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, form.about.summons, opened=opened, said=said, status=status)


def _typed(form: MoveForm) -> dict[str, object]:
    return {field.name: field.value() for field in form.visible_fields()}

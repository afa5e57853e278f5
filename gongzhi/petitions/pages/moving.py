"""Every move of a petition goes through here: by staff on its page, by its people on one plain page."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.accounts.http import SignedIn
from gongzhi.base.fields import tell
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused, seen
from gongzhi.parties.models import Party
from gongzhi.petitions import actions, rules
from gongzhi.petitions.forms import FORMS, MoveForm
from gongzhi.petitions.http import found, reader
from gongzhi.petitions.models import Petition
from gongzhi.petitions.pages.buttons import Opened
from gongzhi.petitions.pages.showing import page
from gongzhi.petitions.states import PETITION
from gongzhi.petitions.words import DONE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def press(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """Make the move ``name``; by GET show its form."""
    petition, by, party = reader(request, key, name)
    if not getattr(rules, f"may_{name}")(by, petition):
        raise PermissionDenied(PETITION[name].only)
    at = now()
    if request.method != "POST":
        return _shown(request, petition, party, name, FORMS[name](petition=petition, at=at))
    form = FORMS[name](request.POST, request.FILES, petition=petition, at=at)
    if not form.is_valid():
        return _shown(request, petition, party, name, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        seen(petition, form.cleaned_data["version"])
        getattr(actions, name)(petition, by=by, at=at, **form.given())
    except ValidationError as refused:
        tell(form, refused)
        return _shown(request, petition, party, name, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except (MoveLost, MoveRefused) as lost:
        return _lost(request, key, party, name, form, sentence(lost), at)
    messages.success(request, str(DONE[name]))
    if party:
        return redirect("petitions:mine", party.pk)
    sees = rules.may_see(by, petition)  # not who stepped aside, nor whose office it is about
    return redirect("petitions:show", key) if sees else redirect("petitions:index")


def _lost(  # noqa: PLR0917
    request: HttpRequest,
    key: UUID,
    party: Party | None,
    name: str,
    form: MoveForm,
    said: str,
    at: datetime,
) -> HttpResponse:
    """Show how it stands now, with what was typed and why nothing was done."""
    typed = {field.name: field.value() for field in form.visible_fields()}
    petition = found(key)
    fresh = FORMS[name](initial=typed, petition=petition, at=at)
    return _shown(request, petition, party, name, fresh, HTTPStatus.CONFLICT, said)


def _shown(  # noqa: PLR0917
    request: HttpRequest,
    petition: Petition,
    party: Party | None,
    name: str,
    form: MoveForm,
    status: int = HTTPStatus.OK,
    said: str = "",
) -> HttpResponse:
    """Draw the move: for its people one plain page, for staff the page of the petition."""
    if party is None:
        opened = Opened(name, form)
        bare = type(form) is MoveForm
        said = said or (" ".join(map(str, form.non_field_errors())) if bare else "")
        known = cast("SignedIn", request)
        return page(known, petition, opened=opened, said=said, status=status)
    context = {
        "petition": petition,
        "party": party,
        "form": form,
        "move": PETITION[name],
        "said": said,
        "is_grave": name == "withdraw",
    }
    return render(request, "petitions/move.html", context, status=status)

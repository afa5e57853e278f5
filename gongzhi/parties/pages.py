"""What everybody of a sealed file does alike, whatever its business: how they are reached, and by which code."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.base.fields import tell
from gongzhi.parties import actions, http
from gongzhi.parties.fields import ReachFields
from gongzhi.parties.rules import may_mend, member


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change how one is reached, and by which way alone."""
    party = http.must_be(request, pk)
    typed = request.POST if request.method == "POST" else None
    form = ReachFields(typed, initial=party.reach.facts())
    if form.is_valid():
        try:
            actions.mend(party, reach=form.reach(), by=member(party), at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("From now on you are reached so, and in no other way."))
            return redirect(party)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "parties/mend.html", {"party": party, "form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take another code, which nobody else has held in their hands; the one before opens nothing."""
    party = http.must_be(request, pk)
    code, by = "", member(party)
    if request.method == "POST":
        code = actions.renew(party, may=may_mend(by, party), by=by, at=now())
    return render(request, "parties/new_code.html", {"party": party, "code": code})

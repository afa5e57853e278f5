"""What counts in no rate: it is claimed with a reason, and then upheld or overturned."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, seen
from gongzhi.matters import actions, rules
from gongzhi.matters.forms import ExcludeForm, VerdictForm
from gongzhi.matters.models import Exclusion, FollowUp
from gongzhi.matters.states import EXCLUSION, ONLY_SORTER


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def exclude(request: SignedIn, key: UUID) -> HttpResponse:
    """Ask why what somebody said shall count in no rate, and claim it."""
    found = FollowUp.objects.select_related("matter__kind", "matter__place").filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such call back."))
    if not rules.may_exclude(request.staff, found):
        raise PermissionDenied(ONLY_SORTER)
    form = ExcludeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.exclude(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Claimed. A supervisor reviews it; until then it counts."))
            return redirect("matters:show", found.matter_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    said = {"call": found, "matter": found.matter, "form": form}
    return render(request, "matters/exclude.html", said, status=status)


@require_POST
@staff_only
def review(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Uphold or overturn an exclusion, and go back to the list; a refusal says there what is wrong."""
    rows = Exclusion.objects.select_related("matter", "follow_up")
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such exclusion."))
    if not getattr(rules, f"may_{name}")(request.staff, found):
        raise PermissionDenied(EXCLUSION[name].only)
    form = VerdictForm(request.POST)
    form.is_valid()
    try:
        seen(found, form.cleaned_data.get("version"))
        words = form.cleaned_data.get("words", "")
        getattr(actions, name)(found, words=words, by=request.staff, at=now())
        messages.success(request, _("The review was recorded."))
    except (ValidationError, MoveLost) as refused:
        messages.error(request, f"{found.matter.number}: {sentence(refused)}")
    to = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(to, {request.get_host()})
    return redirect(to if own else resolve_url("matters:show", found.matter_id))

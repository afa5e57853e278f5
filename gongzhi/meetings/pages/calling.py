"""Call offices together."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.meetings import actions, rules
from gongzhi.meetings.forms import CallForm, find_matter
from gongzhi.meetings.states import ONLY_CALLER, Sort
from gongzhi.meetings.words import DONE


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def call(request: SignedIn, sort: str) -> HttpResponse:
    """Call offices to a place and a time; ``?matter=`` names what it is about."""
    if sort not in Sort.values:
        raise Http404
    if not rules.convened(request.staff):
        raise PermissionDenied(ONLY_CALLER)
    at = now()
    typed = request.POST.get("number") or request.GET.get("matter", "")
    matter = find_matter(typed, request.staff) if sort != Sort.JOINT_MEETING else None
    form = CallForm(request.POST or None, sort=sort, by=request.staff, at=at, matter=matter)
    if request.method == "POST" and form.is_valid():
        try:
            summons = actions.call(form.call(), by=request.staff, at=at)
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, str(DONE["call"]))
            return redirect("meetings:show", summons.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "sort": Sort(sort), "matter": matter}
    return render(request, "meetings/call.html", context, status=status)

"""What many raise, and one answer to all of them."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.petitions import actions, queries, rules
from gongzhi.petitions.forms import AnswerAllForm
from gongzhi.petitions.readers import topic_name
from gongzhi.places.queries import chain_names


@require_safe
@staff_only
def analysis(request: SignedIn) -> HttpResponse:
    """Show what was raised within a year by topic, township and office, and which limits were kept."""
    if not rules.may_analyse(request.staff):
        raise PermissionDenied(_("Only a petition office reads what many raise."))
    at = now()
    groups = [
        (topic_name(one.topic), " › ".join(chain_names(one.township)), one)
        for one in queries.groups(request.staff, at)
    ]
    context = {
        "groups": groups,
        "kept": queries.kept_limits(request.staff, at),
        "fewest": queries.FEWEST,
    }
    return render(request, "petitions/analysis.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def answer_all(request: SignedIn) -> HttpResponse:
    """Give one answer to every open petition of a topic in a place that the own office has accepted."""
    if not request.staff.offices():
        raise PermissionDenied(_("Only the office that decides may answer all at once."))
    form = AnswerAllForm(request.POST or None, by=request.staff, on=localdate())
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            actions.answer_all(given.pop("office"), **given, by=request.staff, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Given. Each petitioner reads it and may contest it."))
            return redirect("petitions:index")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "petitions/answer_all.html", {"form": form}, status=status)

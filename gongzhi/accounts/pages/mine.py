"""My posts, when I am away, who stands in, to whom I hand a shift, where I am signed in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts import actions, forms, queries
from gongzhi.accounts.http import SIGN_IN, form_page, signed_in
from gongzhi.accounts.models import Absence


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Show my posts, for whom I stand in, when I am away, and what was handed to me."""
    at = now()
    return _me(request, forms.Leave(user=signed_in(request)[0], at=at))


def _me(request: HttpRequest, form: Form) -> HttpResponse:
    user, _by = signed_in(request)
    at = now()
    coming = queries.absences(at)
    said = {
        "posts": queries.posts(user, at),
        "instead": coming.filter(deputy=user),
        "away": coming.filter(user=user),
        "handovers": queries.handovers(user),
        "form": form,
    }
    return render(request, "accounts/me.html", said, status=422 if form.errors else 200)


@require_POST
@login_required
def leave(request: HttpRequest) -> HttpResponse:
    """Record when I am away and who stands in."""
    user, by = signed_in(request)
    form = forms.Leave(request.POST, user=user, at=now())
    if form.is_valid():
        try:
            actions.leave(user, **form.cleaned_data, by=by, at=now())
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("Your absence is recorded."))
            return redirect("accounts:me")
    return _me(request, form)


@require_POST
@login_required
def come_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of my absences."""
    user, by = signed_in(request)
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=pk, user=user)
    actions.come_back(absence, by=by, at=now())
    messages.success(request, _("You are back."))
    return redirect("accounts:me")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the shift of one of my posts to a colleague."""
    user, by = signed_in(request)
    at = now()
    post = get_object_or_404(queries.posts(user, at), pk=pk)
    form = forms.HandOver(request.POST or None, post=post, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(post, **form.cleaned_data, by=by, at=at)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("The shift is handed over."))
            return redirect("accounts:me")
    return form_page(request, "accounts/hand_over.html", form, post=post)


@require_safe
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Show with which browsers I am signed in."""
    user, _by = signed_in(request)
    said = {"sign_ins": queries.sign_ins(user), "this": request.session.get(SIGN_IN)}
    return render(request, "accounts/sessions.html", said)


@require_POST
@login_required
def end_session(request: HttpRequest, key: UUID) -> HttpResponse:
    """End one of my sessions."""
    user, by = signed_in(request)
    actions.end_sign_in(get_object_or_404(queries.sign_ins(user), pk=key), by=by, at=now())
    messages.success(request, _("That session is ended."))
    return redirect("accounts:sessions")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    """End all my sessions but this one."""
    user, by = signed_in(request)
    actions.end_sign_ins(user, but=_this(request), by=by, at=now())
    messages.success(request, _("You are signed in here only."))
    return redirect("accounts:sessions")


def _this(request: HttpRequest) -> UUID | None:
    key = request.session.get(SIGN_IN)
    return UUID(key) if key else None

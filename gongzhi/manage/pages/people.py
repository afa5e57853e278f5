"""Offices, accounts, posts and absences."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts import actions
from gongzhi.accounts import queries as accounts
from gongzhi.accounts.http import SignedIn, provider
from gongzhi.accounts.models import Absence, Office, User
from gongzhi.base.fields import tell
from gongzhi.manage import queries
from gongzhi.manage.forms import (
    AccountForm,
    AppointForm,
    ChangeOfficeForm,
    CloseOfficeForm,
    EndForm,
    FindForm,
    LeaveForm,
    LinkForm,
    OfficeForm,
    PasswordForm,
)
from gongzhi.manage.rules import administrators_only
from gongzhi.matters import queries as matters
from gongzhi.matters.actions import shut_office
from gongzhi.matters.models import Duty
from gongzhi.offline import queries as offline


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def offices(request: SignedIn) -> HttpResponse:
    """Show the offices, and found one."""
    form = OfficeForm(request.POST or None, on=localdate())
    if request.method == "POST" and form.is_valid():
        try:
            office = actions.found(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("“%(office)s” is there.") % {"office": office})
            return redirect("manage:offices")
    said = {"offices": queries.offices(), "form": form, "duties": accounts.duties()}
    return render(request, "manage/offices.html", said, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def office(request: SignedIn, code: str) -> HttpResponse:
    """Show an office with who serves in it, and change it."""
    found = _office(code)
    form = ChangeOfficeForm(request.POST or None, office=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_office(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("“%(office)s” is changed.") % {"office": found})
            return redirect("manage:office", code)
    return _show_office(request, code, form=form)


@require_POST
@administrators_only
def close_office(request: SignedIn, code: str) -> HttpResponse:
    """Close an office that has nothing more to do."""
    found = _office(code)
    form = CloseOfficeForm(request.POST, auto_id="close_%s")
    if form.is_valid():
        try:
            shut_office(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("“%(office)s” is closed.") % {"office": found})
            return redirect("manage:offices")
    return _show_office(request, code, close=form)


@require_safe
@administrators_only
def people(request: SignedIn) -> HttpResponse:
    """Show accounts with their posts, by sign-in name."""
    find = FindForm(request.GET)
    asked = find.cleaned_data["q"] if find.is_valid() else ""
    found = queries.people(asked, request.GET.get("after", ""), now())
    page = found[: queries.PAGE]
    after = page[-1].username if len(found) > queries.PAGE else ""
    return render(request, "manage/people.html", {"people": page, "after": after, "asked": asked})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def add_person(request: SignedIn) -> HttpResponse:
    """Open an account."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.open_account(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The account is open. Give it a post now."))
            return redirect("manage:person", user.username)
    return render(
        request, "manage/add_person.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
@administrators_only
def person(request: SignedIn, username: str) -> HttpResponse:
    """Show somebody's posts and absences, with what can be changed."""
    return _person(request, _user(username))


@require_POST
@administrators_only
def appoint(request: SignedIn, username: str) -> HttpResponse:
    """Give somebody a post."""
    user = _user(username)
    form = AppointForm(request.POST, on=localdate(), auto_id="appoint_%s")
    if form.is_valid():
        try:
            actions.appoint(user, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            return _done(request, user, _("The post is filled."))
    return _person(request, user, appoint=form)


@require_POST
@administrators_only
def end_post(request: SignedIn, username: str) -> HttpResponse:
    """End one of somebody's posts."""
    user, at = _user(username), now()
    form = EndForm(request.POST, user=user, at=at)
    if not form.is_valid():
        raise ValidationError(_("They do not hold this post any more."))
    actions.end_post(form.cleaned_data["post"], by=request.staff, at=at)
    return _done(request, user, _("The post is ended."))


@require_POST
@administrators_only
def leave(request: SignedIn, username: str) -> HttpResponse:
    """Record that somebody is away and who stands in."""
    user = _user(username)
    form = LeaveForm(request.POST, user=user, at=now(), auto_id="leave_%s")
    if form.is_valid():
        try:
            actions.leave(user, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            return _done(request, user, _("The absence is recorded."))
    return _person(request, user, leave=form)


@require_POST
@administrators_only
def new_password(request: SignedIn, username: str) -> HttpResponse:
    """Give somebody a new password."""
    user = _user(username)
    form = PasswordForm(request.POST, auto_id="password_%s")
    if form.is_valid():
        password = form.cleaned_data["password"]
        actions.change_password(user, password=password, by=request.staff, at=now())
        return _done(request, user, _("The new password holds from now on."))
    return _person(request, user, password=form)


@require_POST
@administrators_only
def second_step_off(request: SignedIn, username: str) -> HttpResponse:
    """Take off somebody's second step, for a lost telephone."""
    user = _user(username)
    actions.drop_second_step(user, by=request.staff, at=now())
    return _done(request, user, _("The second step is taken off."))


@require_POST
@administrators_only
def link(request: SignedIn, username: str) -> HttpResponse:
    """Link somebody's account with what the identity provider knows them by."""
    user = _user(username)
    if not settings.OIDC_ISSUER:
        raise Http404
    form = LinkForm(request.POST, auto_id="link_%s")
    if form.is_valid():
        try:
            actions.link(user, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            return _done(request, user, _("The account is linked."))
    return _person(request, user, link=form)


@require_POST
@administrators_only
def unlink(request: SignedIn, username: str) -> HttpResponse:
    """Take the link with the identity provider off somebody's account."""
    user = _user(username)
    identity = accounts.identity(user)
    if identity is None:
        raise Http404
    actions.unlink(identity, by=request.staff, at=now())
    return _done(request, user, _("The link is taken off: nobody signs in with it any more."))


@require_POST
@administrators_only
def end_sessions(request: SignedIn, username: str) -> HttpResponse:
    """End all sessions of somebody, for a lost device or a stolen password."""
    user = _user(username)
    actions.end_sign_ins(user, by=request.staff, at=now())
    return _done(request, user, _("They are signed in nowhere any more."))


@require_POST
@administrators_only
def close(request: SignedIn, username: str) -> HttpResponse:
    """Close an account that holds no post any more."""
    user = _user(username)
    actions.close_account(user, by=request.staff, at=now())
    return _done(request, user, _("The account is closed."))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def absences(request: SignedIn) -> HttpResponse:
    """Show who is away and who will be, with who stands in; end an absence."""
    at = now()
    if request.method == "POST":
        key = request.POST.get("absence", "")
        rows = Absence.objects.select_related("user")
        actions.come_back(get_object_or_404(rows, pk=key), by=request.staff, at=at)
        messages.success(request, _("The absence is ended."))
        return redirect("manage:absences")
    return render(request, "manage/absences.html", {"absences": accounts.absences(at), "at": at})


def _office(code: str) -> Office:
    return get_object_or_404(Office.objects.select_related("place", "calendar"), code=code)


def _show_office(request: SignedIn, code: str, **tried: Form) -> HttpResponse:
    """Return the page of an office as it stands; a form that was ``tried`` keeps what was typed."""
    found = _office(code)
    said: dict[str, Any] = {
        "office": found,
        "posts": accounts.posts_in(found.pk, now()).select_related("user", "place"),
        "duties": accounts.duties(),
        "rows": _rows(found),
        "form": ChangeOfficeForm(office=found),
        "close": CloseOfficeForm(auto_id="close_%s"),
    }
    status = 422 if any(form.errors for form in tried.values()) else 200
    return render(request, "manage/office.html", said | tried, status=status)


def _rows(office: Office) -> list[tuple[Duty, str]]:
    """Return the rows of the duty list in which an office has a part, with the name of the kind."""
    on = localdate()
    kinds = matters.catalogue(on)
    return [
        (row, kinds[row.kind_code].name if row.kind_code in kinds else row.kind_code)
        for row in matters.rows_of([office.pk], on)
    ]


def _user(username: str) -> User:
    return get_object_or_404(User, username=username)


def _done(request: SignedIn, user: User, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("manage:person", user.username)


def _person(request: SignedIn, user: User, **tried: Form) -> HttpResponse:
    """Return the page of somebody; a form that was ``tried`` keeps what was typed."""
    at, on = now(), localdate()
    given = {"place": request.GET.get("place", "")}
    said: dict[str, Any] = {
        "person": user,
        "posts": accounts.posts(user, at),
        "ended": queries.who_served(user, at),
        "absences": accounts.absences(at).filter(user=user),
        "second_step": accounts.second_steps(user),
        "n_sessions": accounts.sign_ins(user).count(),
        "devices": offline.devices(user),
        "appoint": AppointForm(on=on, auto_id="appoint_%s", initial=given),
        "leave": LeaveForm(user=user, at=at, auto_id="leave_%s"),
        "password": PasswordForm(auto_id="password_%s"),
        "identity": accounts.identity(user),
        "link": LinkForm(auto_id="link_%s"),
    }
    return render(
        request, "manage/person.html", said | provider() | tried, status=422 if tried else 200
    )

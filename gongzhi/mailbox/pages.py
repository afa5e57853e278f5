from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.mailbox import actions, queries, rules
from gongzhi.mailbox.forms import MailboxForm, RobotForm
from gongzhi.mailbox.models import Mail, Mailbox, Robot

BOTH = ["GET", "HEAD", "POST"]


def _check(request: SignedIn) -> None:
    if not rules.may_manage(request.staff):
        raise PermissionDenied(_("Only an administrator looks after mailboxes and robots."))


def _form(request: SignedIn, form: forms.Form, head: str, back: str) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "head": head, "back": back}
    return render(request, "mailbox/form.html", context, status=status)


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """List the mailboxes and the robots with how they stand."""
    _check(request)
    context = {"mailboxes": queries.mailboxes(), "robots": queries.robots()}
    return render(request, "mailbox/index.html", context)


@never_cache
@require_http_methods(BOTH)
@staff_only
def add(request: SignedIn) -> HttpResponse:
    """Ask where a mailbox is and what it serves."""
    _check(request)
    form = MailboxForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.add(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The mailbox is read from now on, every minute."))
            return redirect("mailbox:mailbox", made.pk)
    return _form(request, form, _("Add a mailbox"), reverse("mailbox:index"))


def _mailbox(key: UUID) -> Mailbox:
    return get_object_or_404(Mailbox.objects.select_related("office", "place"), pk=key)


@require_safe
@staff_only
def mailbox(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a mailbox: how it stands, what became of its mails, what somebody has to look at."""
    _check(request)
    found = _mailbox(key)
    n_of = queries.counts(found)
    context = {
        "mailbox": found,
        "counts": [(one.label, n_of.get(one.value, 0)) for one in Mail.Outcome],
        "left": list(queries.to_look_at(found)[: queries.SHOWN]),
    }
    return render(request, "mailbox/mailbox.html", context)


@never_cache
@require_http_methods(BOTH)
@staff_only
def change(request: SignedIn, key: UUID) -> HttpResponse:
    """Change where a mailbox is and what it serves, or switch it off."""
    _check(request)
    found = _mailbox(key)
    form, name = MailboxForm.of(found, request.POST or None), found.name
    if form.is_valid():
        try:
            actions.change(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is changed."))
            return redirect("mailbox:mailbox", key)
    return _form(request, form, name, reverse("mailbox:mailbox", args=[key]))


@require_POST
@staff_only
def see_to(request: SignedIn, key: UUID) -> HttpResponse:
    """Keep that somebody has looked at a refused mail."""
    _check(request)
    mail = get_object_or_404(Mail.objects.select_related("mailbox"), pk=key)
    actions.see_to(mail, by=request.staff, at=now())
    messages.success(request, _("Seen to."))
    return redirect("mailbox:mailbox", mail.mailbox.pk)


# --- Robots.


@never_cache
@require_http_methods(BOTH)
@staff_only
def add_robot(request: SignedIn) -> HttpResponse:
    """Ask what a robot is known by and what it serves."""
    _check(request)
    form = RobotForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.add_robot(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The robot is added. Give the messenger its address."))
            return redirect("mailbox:robot", made.pk)
    return _form(request, form, _("Add a robot"), reverse("mailbox:index"))


def _robot(key: UUID) -> Robot:
    return get_object_or_404(Robot.objects.select_related("office", "place"), pk=key)


@require_safe
@staff_only
def robot(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a robot: the address that the messenger calls, and what it serves."""
    _check(request)
    found = _robot(key)
    where = settings.ORIGIN + reverse("mailbox:callback", args=[found.slug])
    return render(request, "mailbox/robot.html", {"robot": found, "where": where})


@never_cache
@require_http_methods(BOTH)
@staff_only
def change_robot(request: SignedIn, key: UUID) -> HttpResponse:
    """Change what a robot is known by and serves, or switch it off."""
    _check(request)
    found = _robot(key)
    form, name = RobotForm.of(found, request.POST or None), found.name
    if form.is_valid():
        try:
            actions.change_robot(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is changed."))
            return redirect("mailbox:robot", key)
    return _form(request, form, name, reverse("mailbox:robot", args=[key]))

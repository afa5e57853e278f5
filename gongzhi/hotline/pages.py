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
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.hotline import actions, queries, rules
from gongzhi.hotline.forms import POINTERS, MoreForm, PlatformForm
from gongzhi.hotline.models import Line, Order, Platform
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import Matter

BOTH = ["GET", "HEAD", "POST"]


def _check(request: SignedIn) -> None:
    if not rules.may_register(request.staff):
        raise PermissionDenied(_("Only an administrator may register platforms of a hotline."))


def _status(form: forms.Form) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """List the platforms with how they stand."""
    _check(request)
    found = queries.platforms()
    left = queries.left_of(found)
    context = {"platforms": [(one, left.get(one.pk, {})) for one in found]}
    return render(request, "hotline/index.html", context)


@never_cache
@require_http_methods(BOTH)
@staff_only
def add(request: SignedIn) -> HttpResponse:
    """Ask where a platform is and how its messages are read."""
    _check(request)
    form = PlatformForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.register(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The platform is registered. Give it the address below."))
            return redirect("hotline:platform", made.pk)
    context = {"form": form, "head": _("Register a platform")}
    return render(request, "hotline/form.html", context, status=_status(form))


def _platform(key: UUID) -> Platform:
    return get_object_or_404(Platform.objects.select_related("office", "place"), pk=key)


@require_safe
@staff_only
def platform(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a platform: its address here, how it is read, what was not taken on either side."""
    _check(request)
    found = _platform(key)
    context = {
        "platform": found,
        "where": settings.ORIGIN + reverse("hotline:take", args=[found.slug]),
        "mapping": [(POINTERS[name][0], pointer) for name, pointer in found.mapping.items()],
        "left": [(queries.label(one), one) for one in queries.left(found)[: queries.SHOWN]],
        "not_taken": list(queries.not_taken(found)[: queries.SHOWN]),
    }
    return render(request, "hotline/platform.html", context)


@never_cache
@require_http_methods(BOTH)
@staff_only
def change(request: SignedIn, key: UUID) -> HttpResponse:
    """Change how a platform is read and written to, or switch it off."""
    _check(request)
    found = _platform(key)
    form = PlatformForm.of(found, request.POST or None)
    if form.is_valid():
        try:
            actions.change(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is changed."))
            return redirect("hotline:platform", key)
    context = {"form": form, "platform": found, "head": _("Change")}
    return render(request, "hotline/form.html", context, status=_status(form))


@require_POST
@staff_only
def resend_all(request: SignedIn, key: UUID) -> HttpResponse:
    """Write once more whatever a platform has not taken."""
    _check(request)
    n = actions.resend_all(_platform(key), by=request.staff, at=now())
    said = ngettext("%(n)d line is written again.", "%(n)d lines are written again.", n) % {"n": n}
    messages.success(request, said)
    return redirect("hotline:platform", key)


@require_POST
@staff_only
def resend(request: SignedIn, key: UUID) -> HttpResponse:
    """Write one line once more, from the page of the platform or of the matter."""
    found = Line.objects.select_related("order__platform", "order__matter")
    if not rules.may_register(request.staff):
        seen = matter_rules.visible(Matter.objects.all(), request.staff).values("pk")
        found = found.filter(order__matter__in=seen)
    line = get_object_or_404(found, pk=key)
    actions.resend(line, by=request.staff, at=now())
    messages.success(request, _("It is written again."))
    if rules.may_register(request.staff):
        return redirect("hotline:platform", line.order.platform_id)
    return redirect("matters:show", line.order.matter_id)


@require_http_methods(BOTH)
@staff_only
def ask_more(request: SignedIn, key: UUID) -> HttpResponse:
    """Ask a hotline for more time."""
    seen = matter_rules.visible(Matter.objects.all(), request.staff).values("pk")
    found = Order.objects.select_related("platform", "matter").filter(matter__in=seen)
    order = get_object_or_404(found, matter=key)
    if not rules.may_ask_more(request.staff, order):
        raise PermissionDenied(
            _(
                "Only a dispatcher or supervisor may ask the hotline for more time, while it is open."
            )
        )
    form = MoreForm(request.POST or None)
    if form.is_valid():
        try:
            actions.ask_more(order, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(
                request, _("The hotline is asked. Its ruling will stand in the history.")
            )
            return redirect("matters:show", key)
    context = {"order": order, "matter": order.matter, "form": form}
    return render(request, "hotline/ask_more.html", context, status=_status(form))

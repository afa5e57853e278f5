"""Models that suggest kinds: have one made, compare it with what works, put an earlier one to work."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts.http import SignedIn
from gongzhi.manage.rules import administrators_only
from gongzhi.matters import actions, queries
from gongzhi.matters.models import Trained


@require_safe
@administrators_only
def advice(request: SignedIn) -> HttpResponse:
    """Show the latest models with what they were tried on, and how the one at work has done."""
    found = queries.trained_ones()
    said = {
        "models": found,
        "asked": next((one for one in found if one.state == Trained.State.ASKED), None),
        "service": queries.in_service(now()),
    }
    return render(request, "manage/advice.html", said)


@require_POST
@administrators_only
def train(request: SignedIn) -> HttpResponse:
    """Ask for a new model."""
    try:
        actions.ask_for_model(by=request.staff, at=now())
    except ValidationError as fault:
        messages.error(request, "".join(fault.messages))
    else:
        messages.success(request, _("A new model is being made. It takes a minute or two."))
    return redirect("manage:advice")


@require_POST
@administrators_only
def employ(request: SignedIn, key: UUID) -> HttpResponse:
    """Put an earlier model to work."""
    trained = get_object_or_404(Trained, pk=key)
    try:
        actions.employ(trained, by=request.staff, at=now())
    except ValidationError as fault:
        messages.error(request, "".join(fault.messages))
    else:
        messages.success(request, _("This model suggests kinds from now on."))
    return redirect("manage:advice")

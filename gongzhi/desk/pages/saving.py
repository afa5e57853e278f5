"""Filters under a name, own and shared."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.desk import actions, queries
from gongzhi.desk.forms import SaveFilterForm


@require_safe
@staff_only
def saved_filters(request: SignedIn) -> HttpResponse:
    """Show the filters that the reader saved or shares."""
    rows = [(one, _address(one.query)) for one in queries.saved_filters(request.staff)]
    return render(request, "desk/saved_filters.html", {"rows": rows})


def _address(query: str) -> str:
    page = "desk:home" if "tab=" in query else "desk:search"
    return f"{reverse(page)}?{query}"


@require_POST
@staff_only
def save_filter(request: SignedIn) -> HttpResponse:
    """Save the list whose address is sent, and go back to it."""
    form = SaveFilterForm(request.POST, by=request.staff)
    query = form.query()
    if not form.is_valid():
        messages.error(request, _("Give the filter a name."))
        return redirect(_address(query))
    try:
        actions.save_filter(query=query, by=request.staff, at=now(), **form.given())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("The filter was saved."))
    return redirect(_address(query))


@require_POST
@staff_only
def drop_filter(request: SignedIn, key: UUID) -> HttpResponse:
    """Remove a saved filter."""
    saved = get_object_or_404(queries.saved_filters(request.staff), pk=key)
    actions.drop_filter(saved, by=request.staff, at=now())
    messages.success(request, _("The filter was removed."))
    return redirect("desk:saved_filters")

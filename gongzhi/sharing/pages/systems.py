"""Systems, the vocabulary, and what is asked twice."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.sharing import actions, queries, rules
from gongzhi.sharing.forms import ConceptForm, SystemForm
from gongzhi.sharing.models import Concept, System
from gongzhi.sharing.pages.items import BOTH, status
from gongzhi.sharing.states import ItemState


@require_safe
@staff_only
def systems(request: SignedIn) -> HttpResponse:
    """List the systems with how many items each holds and uses."""
    said = {"systems": queries.systems(), "may_keep": rules.may_keep(request.staff)}
    return render(request, "sharing/systems.html", said)


@require_http_methods(BOTH)
@staff_only
def add_system(request: SignedIn) -> HttpResponse:
    """Ask for a system and enter it."""
    rules.check(request.staff)
    form = SystemForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_system(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The system is entered."))
            return redirect("sharing:systems")
    said = {"form": form, "head": _("Enter a system"), "back": "sharing:systems"}
    return render(request, "sharing/form.html", said, status=status(form))


@require_http_methods(BOTH)
@staff_only
def change_system(request: SignedIn, key: UUID) -> HttpResponse:
    """Change a system."""
    rules.check(request.staff)
    found = get_object_or_404(System.objects.select_related("office", "client__account"), pk=key)
    form = SystemForm(request.POST or None, system=found)
    if form.is_valid():
        try:
            actions.change_system(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is changed."))
            return redirect("sharing:systems")
    said = {"form": form, "head": found.name, "code": found.code, "back": "sharing:systems"}
    return render(request, "sharing/form.html", said, status=status(form))


@require_safe
@staff_only
def concepts(request: SignedIn) -> HttpResponse:
    """List the vocabulary with how many items ask each."""
    listed = Q(items__state=ItemState.LISTED)
    found = Concept.objects.annotate(n_items=Count("items", filter=listed)).order_by("code")
    said = {"concepts": found, "may_keep": rules.may_keep(request.staff)}
    return render(request, "sharing/concepts.html", said)


@require_http_methods(BOTH)
@staff_only
def add_concept(request: SignedIn) -> HttpResponse:
    """Ask for a word of the vocabulary and add it."""
    rules.check(request.staff)
    form = ConceptForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_concept(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The concept is added."))
            return redirect("sharing:concepts")
    said = {"form": form, "head": _("Add a concept"), "back": "sharing:concepts"}
    return render(request, "sharing/form.html", said, status=status(form))


@require_http_methods(BOTH)
@staff_only
def change_concept(request: SignedIn, key: UUID) -> HttpResponse:
    """Change how a word of the vocabulary is called."""
    rules.check(request.staff)
    found = get_object_or_404(Concept, pk=key)
    form = ConceptForm(request.POST or None, concept=found)
    if form.is_valid():
        try:
            actions.change_concept(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is changed."))
            return redirect("sharing:concepts")
    said = {"form": form, "head": found.name, "code": found.code, "back": "sharing:concepts"}
    return render(request, "sharing/form.html", said, status=status(form))


@require_POST
@staff_only
def seed(request: SignedIn) -> HttpResponse:
    """Add the usual words to the vocabulary."""
    n = actions.seed_concepts(by=request.staff, at=now())
    said = ngettext("%(n)d concept was added.", "%(n)d concepts were added.", n) % {"n": n}
    messages.success(request, said)
    return redirect("sharing:concepts")


@require_safe
@staff_only
def doubles(request: SignedIn) -> HttpResponse:
    """Show what people are asked more than once, and what is likely to be the same."""
    said = {"doubles": queries.doubles(), "likely": queries.likely()}
    return render(request, "sharing/doubles.html", said)

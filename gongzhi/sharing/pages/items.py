"""The list of items and each of them."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.sharing import actions, queries, rules
from gongzhi.sharing.forms import CheckForm, FilterItemsForm, ItemForm, RenewalForm, mark
from gongzhi.sharing.models import Item

BOTH = ["GET", "HEAD", "POST"]


def status(*some: forms.Form | None) -> HTTPStatus:
    """Return how a page with forms is answered."""
    wrong = any(form is not None and form.errors for form in some)
    return HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


@require_safe
@staff_only
def items(request: SignedIn) -> HttpResponse:
    """List the items with what is amiss with each, and the catalogue in numbers."""
    at = now()
    form = FilterItemsForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    wanted = queries.Wanted(**asked, after=mark(request.GET.get("after", "")))
    page = queries.items(wanted, at)
    kept = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    said = {
        "form": form,
        "page": page,
        "figures": queries.figures(at),
        "may_keep": rules.may_keep(request.staff),
        "next_url": f"?{urlencode(kept | {'after': page.after})}" if page.after else "",
        "prev_url": f"?{urlencode(kept)}" if wanted.after else "",
    }
    return render(request, "sharing/items.html", said, status=status(form))


def _item(key: UUID) -> Item:
    names = ("system__office", "office", "concept")
    return get_object_or_404(Item.objects.select_related(*names), pk=key)


@require_safe
@staff_only
def item(request: SignedIn, key: UUID) -> HttpResponse:
    """Show an item: what it says, who uses it, its checks and editions."""
    return _show(request, _item(key))


def _show(
    request: SignedIn,
    item: Item,
    *,
    renewal: RenewalForm | None = None,
    result: CheckForm | None = None,
) -> HttpResponse:
    by, today = request.staff, localdate()
    known = queries.editions(item)
    first = {"refreshed_on": today, "oldest_on": item.oldest_on}
    said = {
        "item": item,
        "late": item.is_stale(today),
        "kept_long": item.is_kept_too_long(today),
        "uses": queries.of_item(item),
        "checks": list(item.checks.order_by("name")),
        "editions": [
            (one, queries.told_apart(before, one) if before else [])
            for one, before in zip(known, [*known[1:], None], strict=True)
        ],
        "systems": queries.own_systems(by) if item.is_listed else [],
        "may_keep": rules.may_keep(by) and item.is_listed,
        "may_note": rules.may_note(by, item) and item.is_listed,
        "renewal": renewal or RenewalForm(initial=first, auto_id="renew_%s"),
        "result": result or CheckForm(initial={"on": today, "passed": True}, auto_id="check_%s"),
    }
    return render(request, "sharing/item.html", said, status=status(renewal, result))


@require_http_methods(BOTH)
@staff_only
def add_item(request: SignedIn) -> HttpResponse:
    """Ask what a new item says, and list it."""
    rules.check(request.staff)
    form = ItemForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.add_item(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            _tell(form, fault)
        else:
            messages.success(request, _("The item is listed."))
            return redirect("sharing:item", made.pk)
    said = {"form": form, "head": _("List a data item")}
    return render(request, "sharing/item_form.html", said, status=status(form))


@require_http_methods(BOTH)
@staff_only
def change(request: SignedIn, key: UUID) -> HttpResponse:
    """Ask what an item says from a day on: a new edition."""
    rules.check(request.staff)
    found = _item(key)
    form = ItemForm(request.POST or None, item=found)
    if form.is_valid():
        try:
            actions.change(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            _tell(form, fault)
        else:
            messages.success(request, _("It is changed."))
            return redirect("sharing:item", key)
    said = {"form": form, "item": found, "head": _("Change the item")}
    return render(request, "sharing/item_form.html", said, status=status(form))


def _tell(form: ItemForm, fault: ValidationError) -> None:
    """Show a refusal beside its field; that of ``fields`` stands at the words they were typed in."""
    if hasattr(fault, "error_dict") and "fields" in fault.error_dict:
        fault.error_dict["fields_text"] = fault.error_dict.pop("fields")
    tell(form, fault)


@require_POST
@staff_only
def withdraw(request: SignedIn, key: UUID) -> HttpResponse:
    """Take an item off the list."""
    actions.withdraw(_item(key), by=request.staff, at=now())
    messages.success(request, _("It is taken off the list."))
    return redirect("sharing:item", key)


@require_POST
@staff_only
def renew(request: SignedIn, key: UUID) -> HttpResponse:
    """Note that an item was renewed."""
    found, form = _item(key), RenewalForm(request.POST, auto_id="renew_%s")
    if form.is_valid():
        try:
            actions.note_renewal(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("Noted."))
            return redirect("sharing:item", key)
    return _show(request, _item(key), renewal=form)


@require_POST
@staff_only
def check(request: SignedIn, key: UUID) -> HttpResponse:
    """Note the result of a quality check."""
    found, form = _item(key), CheckForm(request.POST, auto_id="check_%s")
    if form.is_valid():
        try:
            actions.note_check(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("Noted."))
            return redirect("sharing:item", key)
    return _show(request, found, result=form)

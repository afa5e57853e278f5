"""Uses are asked for, decided on, ended; what moves is recorded."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.sharing import actions, queries, rules
from gongzhi.sharing.forms import AskForm, FilterUsesForm, ReasonForm, TransferForm
from gongzhi.sharing.models import Item, Use
from gongzhi.sharing.pages.items import BOTH, status
from gongzhi.sharing.states import USE

SHOWN = 50
SAID = {
    "approve": gettext_lazy("The use is approved."),
    "refuse": gettext_lazy("The use is refused; the office reads why."),
    "end": gettext_lazy("The use has ended."),
}


@require_safe
@staff_only
def uses(request: SignedIn) -> HttpResponse:
    """List the uses, the latest first."""
    form = FilterUsesForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    page = queries.uses(state, _key(request.GET.get("after", "")))
    kept = f"state={state}&" if state else ""
    said = {
        "form": form,
        "page": page,
        "today": localdate(),
        "next_url": f"?{kept}after={page.after}" if page.after else "",
        "prev_url": f"?{kept}" if request.GET.get("after") else "",
    }
    return render(request, "sharing/uses.html", said, status=status(form))


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        return None


def _use(key: UUID) -> Use:
    found = queries.use(key)
    if found is None:
        raise Http404(_("There is no such use."))
    return found


@require_safe
@staff_only
def use(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a use: what was agreed on, what changed since, what moved."""
    return _show(request, _use(key))


def _show(
    request: SignedIn,
    use: Use,
    *,
    reason: ReasonForm | None = None,
    moved: TransferForm | None = None,
) -> HttpResponse:
    by, today = request.staff, localdate()
    is_bulk = rules.is_bulk(use.item, use)
    may = [
        {
            "name": one.name,
            "label": one.label,
            "address": reverse(f"sharing:{one.name}", args=[use.pk]),
        }
        for one in USE.open_from(use.state)
        if getattr(rules, f"may_{one.name}")(by, use)
    ]
    if use.is_asked and len(may) > 1:  # who decides refuses it: to take it back is the asker's
        may = [one for one in may if one["name"] != "end"]
    can_move = use.is_running(today) and rules.may_transfer(by, use)
    form = moved or TransferForm(is_bulk=is_bulk, initial={"moved_at": now()}, auto_id="moved_%s")
    said = {
        "use": use,
        "is_bulk": is_bulk,
        "expired": use.is_expired(today),
        "changes": queries.changes_since(use),
        "transfers": list(queries.transfers(use)[:SHOWN]),
        "moves": may,
        "reason": reason or ReasonForm(),
        "form": form if can_move else None,
        "asked_oneself": use.is_asked and use.asked_by == by.id,
    }
    return render(request, "sharing/use.html", said, status=status(reason, moved))


@require_http_methods(BOTH)
@staff_only
def ask(request: SignedIn, key: UUID) -> HttpResponse:
    """Ask for the use of an item by a system of one's own office."""
    item = get_object_or_404(Item.objects.select_related("system", "office"), pk=key)
    systems = queries.own_systems(request.staff)
    if not systems:
        raise PermissionDenied(
            _("Only the head of the office that the system serves, or the data officer, may ask.")
        )
    form = AskForm(request.POST or None, item=item, systems=systems)
    if form.is_valid():
        try:
            made = actions.ask(item, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is asked for. The office that owns it decides."))
            return redirect("sharing:use", made.pk)
    said = {"form": form, "item": item}
    return render(request, "sharing/ask.html", said, status=status(form))


@require_POST
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Approve, refuse or end a use."""
    found, form = _use(key), ReasonForm(request.POST)
    form.fields["reason"].required = name != "approve"
    if not form.is_valid():
        return _show(request, found, reason=form)
    getattr(actions, name)(found, **form.cleaned_data, by=request.staff, at=now())
    messages.success(request, str(SAID[name]))
    return redirect("sharing:use", key)


@require_POST
@staff_only
def transfer(request: SignedIn, key: UUID) -> HttpResponse:
    """Record what moved under a use."""
    found = _use(key)
    is_bulk = rules.is_bulk(found.item, found)
    form = TransferForm(request.POST, is_bulk=is_bulk, auto_id="moved_%s")
    if form.is_valid():
        try:
            actions.transfer(found, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is recorded: how much and when, never the data."))
            return redirect("sharing:use", key)
    return _show(request, found, moved=form)

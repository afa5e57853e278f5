"""The call list: for everybody to read, for administrators to change."""

from __future__ import annotations

from http import HTTPStatus
from typing import ParamSpec

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_who
from gongzhi.accounts.queries import duties
from gongzhi.base.fields import tell
from gongzhi.deadlines.words import length
from gongzhi.meetings import actions, queries, rules
from gongzhi.meetings.forms import DelistForm, SituationForm
from gongzhi.meetings.models import Situation

P = ParamSpec("P")


listers_only = staff_who(rules.may_list, gettext_lazy("These pages are for administrators."))


@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Show to everybody what each office must come for, by office or duty."""
    today = localdate()
    groups: dict[str, list[tuple[Situation, str]]] = {}
    named = duties()
    for row in queries.situations(today):
        who = row.office.name if row.office else named.get(row.duty, row.duty)
        groups.setdefault(who, []).append((row, length(row.within)))
    return render(request, "meetings/call_list.html", {"groups": groups, "today": today})


@require_http_methods(["GET", "HEAD", "POST"])
@listers_only
def situations(request: SignedIn) -> HttpResponse:
    """Show every row of the call list, and list a new one."""
    form = SituationForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _listed(request, form):
        return redirect("meetings:situations")
    return _page(request, form, list(queries.latest_editions()))


@require_http_methods(["GET", "HEAD", "POST"])
@listers_only
def situation(request: SignedIn, code: str) -> HttpResponse:
    """Show a row of the call list with its editions, and list the next edition."""
    editions = _editions(code)
    form = SituationForm(request.POST or None, last=editions[0])
    if request.method == "POST" and form.is_valid() and _listed(request, form, code):
        return redirect("meetings:situation", code)
    return _page(request, form, editions, editions[0])


@require_POST
@listers_only
def delist(request: SignedIn, code: str) -> HttpResponse:
    """Let the latest edition of a row end."""
    last = _editions(code)[0]
    form = DelistForm(request.POST, auto_id="delist_%s")
    if form.is_valid():
        try:
            actions.delist_situation(last, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It ends on that day."))
            return redirect("meetings:situation", code)
    return _page(request, SituationForm(last=last), _editions(code), last, form)


def _editions(code: str) -> list[Situation]:
    found = queries.editions(code)
    if not found:
        raise Http404
    return found


def _listed(request: SignedIn, form: SituationForm, code: str = "") -> bool:
    given = form.given()
    try:
        actions.list_situation(given.pop("code", code), **given, by=request.staff, at=now())
    except ValidationError as fault:
        tell(form, fault)
        return False
    messages.success(request, _("It stands on the call list."))
    return True


def _page(
    request: SignedIn,
    form: SituationForm,
    rows: list[Situation],
    last: Situation | None = None,
    delist: DelistForm | None = None,
) -> HttpResponse:
    named = duties()
    context = {
        "form": form,
        "rows": [(row, named.get(row.duty, row.duty), length(row.within)) for row in rows],
        "last": last,
        "delist": delist or DelistForm(auto_id="delist_%s"),
        "today": localdate(),
    }
    wrong = form.errors or (delist and delist.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "meetings/situations.html", context, status=status)

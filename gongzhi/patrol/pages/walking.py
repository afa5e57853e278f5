"""The rounds of today, one round, one stop: for one thumb."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.base.moves import MoveRefused
from gongzhi.offline.http import act_once, acted_at, sent, unfit
from gongzhi.patrol import actions, queries, rules, words
from gongzhi.patrol.forms import HandForm, ReasonForm, SkipForm, StopForm
from gongzhi.patrol.models import Checklist, Round, Stop
from gongzhi.patrol.states import ONLY_BOTH, ONLY_WALKER, ROUND, RoundState, StopState

GET_POST = ["GET", "HEAD", "POST"]
FIELD, DESK = "base/field.html", "base/desk.html"


@never_cache
@require_safe
@staff_only
def today(request: SignedIn) -> HttpResponse:
    """Show the rounds that I have today."""
    context = {"rows": queries.today(request.staff, now()), "day": localdate()}
    return render(request, "patrol/today.html", context | _face(request))


def _face(request: SignedIn) -> dict[str, Any]:
    """Return in which layout a page is shown: that of the field to whoever works there."""
    on_foot = rules.is_on_foot(request.staff)
    return {"layout": FIELD if on_foot else DESK, "on_foot": on_foot}


@require_safe
@staff_only
def rounds(request: SignedIn) -> HttpResponse:
    """List the rounds of a day where I plan, or all of the places I serve, with how far they are."""
    day = parse_date(request.GET.get("day", "")) if request.GET.get("day") else None
    staff = request.staff
    paths = None if staff.is_administrator() else [held.path for held in staff.posts]
    shown = queries.rounds(day or localdate(), paths)[: queries.MOST_ROWS]
    context = {"rows": list(shown), "day": day or localdate(), "today": localdate()}
    return render(request, "patrol/rounds.html", context)


# --- One round.


def find_round(key: UUID) -> Round:
    """Return a round with what its page says, or 404."""
    found = Round.objects.select_related("plan__area", "plan__office", "holder")
    return get_object_or_404(found.defer("plan__area__boundary", "plan__area__also"), pk=key)


@never_cache
@require_safe
@staff_only
def show_round(request: SignedIn, key: UUID) -> HttpResponse:
    """Show the stops of a round and how each stands."""
    return _round(request, find_round(key))


def _round(
    request: SignedIn,
    of: Round,
    hand: HandForm | None = None,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    staff, at = request.staff, now()
    if not rules.may_see(staff, of):
        raise PermissionDenied(ONLY_BOTH)
    is_open = of.state == RoundState.OPEN
    plans = rules.may_withdraw(staff, of)
    stops = queries.stops(of)
    link = f"{settings.ORIGIN}{reverse('patrol:opened', args=[of.opened])}" if of.opened else ""
    context = {
        "round": of,
        "rows": [(stop, words.TONES[stop.state]) for stop in stops],
        "n": len(stops),
        "done": sum(stop.state != StopState.WAITING for stop in stops),
        "is_over": of.day < localdate(at),
        "checklist": queries.checklist(of.plan.checklist_code, of.day),
        "may_walk": rules.may_walk(staff, of),
        "may_plan": plans,
        "hand": (hand or HandForm(colleagues=list(queries.colleagues(of, at))))
        if is_open
        else None,
        "reason": (reason or ReasonForm()) if is_open and plans else None,
        "link": link if plans else "",
        "qr": _drawn(link) if link and plans else "",
    }
    return render(request, "patrol/round.html", context | _face(request), status=status)


def _drawn(address: str) -> SafeString:
    return mark_safe(segno.make(address, error="m").svg_inline(omitsize=True, border=2))


@require_POST
@staff_only
def hand_over(request: SignedIn, key: UUID) -> HttpResponse:
    """Hand a round to a colleague."""
    of, at = find_round(key), now()
    if not rules.may_hand_over(request.staff, of):
        raise PermissionDenied(ROUND["hand_over"].only)
    form = HandForm(request.POST, colleagues=list(queries.colleagues(of, at)))
    if not form.is_valid():
        return _round(request, of, hand=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    to = form.known[form.cleaned_data["to"]]
    actions.hand_over(of, to=to, by=request.staff, at=at)
    messages.success(request, _("%(name)s has this round now.") % {"name": to.name})
    if rules.may_see(request.staff, of):
        return redirect("patrol:round", of.pk)
    return redirect("patrol:today")  # it is the colleague's now


@require_POST
@staff_only
def open_up(request: SignedIn, key: UUID) -> HttpResponse:
    """Open a round to volunteers."""
    of = find_round(key)
    actions.open_up(of, by=request.staff, at=now())
    messages.success(request, _("The link below opens this round to volunteers until midnight."))
    return redirect("patrol:round", of.pk)


@require_POST
@staff_only
def shut(request: SignedIn, key: UUID) -> HttpResponse:
    """Close a round to volunteers."""
    of = find_round(key)
    actions.shut(of, by=request.staff, at=now())
    messages.success(request, _("The link opens nothing any more."))
    return redirect("patrol:round", of.pk)


@require_POST
@staff_only
def withdraw(request: SignedIn, key: UUID) -> HttpResponse:
    """Withdraw a round."""
    of, form = find_round(key), ReasonForm(request.POST)
    if not rules.may_withdraw(request.staff, of):
        raise PermissionDenied(ROUND["withdraw"].only)
    if not form.is_valid():
        return _round(request, of, reason=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    actions.withdraw(of, reason=form.cleaned_data["reason"], by=request.staff, at=now())
    messages.success(request, _("The round is withdrawn."))
    return redirect("patrol:round", of.pk)


# --- One stop.


def find_stop(key: UUID) -> Stop:
    """Return a stop with what its page says, or 404."""
    return get_object_or_404(queries.with_names(Stop.objects.filter(pk=key)))


def asked_by(request: Any, stop: Stop) -> Checklist:
    """Return the edition that a form was made from, else the one that holds on the day of the stop."""
    code, sent = stop.round.plan.checklist_code, request.POST.get("edition", "")
    found = queries.edition(code, int(sent)) if sent.isascii() and sent.isdigit() else None
    known = found or queries.checklist(code, stop.day)
    if known is None:
        raise ValidationError(_("This round has no checklist yet: ask whoever plans it."))
    return known


@gzip_page  # a list of fifty lines, which a pack fetches over slow networks
@never_cache
@require_http_methods(GET_POST)
@staff_only
@act_once
def visit(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a stop with its checklist, or take the whole of it in one act."""
    stop, at = find_stop(key), now()
    if not rules.may_see(request.staff, stop.round):
        raise PermissionDenied(ONLY_WALKER)
    checklist = asked_by(request, stop)
    settles = rules.may_settle(request.staff, stop.where.path)
    files = request.FILES if request.method == "POST" else None
    form = StopForm(
        request.POST or None, files, stop=stop, checklist=checklist, settles=settles, at=at
    )
    if request.method != "POST":
        return _stop(request, form)
    if not rules.may_visit(request.staff, stop):
        raise PermissionDenied(ONLY_WALKER)
    if not form.is_valid():
        return _stop(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if "only" in request.POST:
            found = actions.tell(stop, form.told(), by=request.staff, at=at)
            messages.success(request, _reported(len(found)))
            return redirect("patrol:today")
        found = actions.visit(stop, form.told(), done_at=acted_at(request), by=request.staff, at=at)
    except ValidationError as fault:
        tell(form, fault)
        return _stop(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except MoveRefused as fault:
        form.add_error(None, str(fault))
        return _stop(request, form, status=HTTPStatus.CONFLICT)
    messages.success(request, _told(stop, len(found)))
    later = say_later(stop)
    if later:
        messages.warning(request, later)
    return redirect("patrol:round", stop.round_id)


def _told(stop: Stop, n: int) -> str:
    said = _("“%(name)s” is told.") % {"name": stop.name}
    return f"{said} {_reported(n)}" if n else said


def _reported(n: int) -> str:
    return ngettext("%(n)d matter was raised.", "%(n)d matters were raised.", n) % {"n": n}


def say_later(stop: Stop) -> str:
    """Return that the checklist has changed since the edition a visit was told by, or ""."""
    holds = queries.checklist(stop.round.plan.checklist_code, stop.day)
    fresh = queries.since(stop.checklist, holds) if stop.checklist and holds else []
    if not fresh:
        return ""
    asked = _("; ").join(line.text for line in fresh)
    return _(
        "The checklist has changed meanwhile. What you told is kept by the edition you had; new is: "
        "%(lines)s"
    ) % {"lines": asked}


@require_POST
@staff_only
@act_once
def skip(request: SignedIn, key: UUID) -> HttpResponse:
    """Tell why a stop could not be visited."""
    stop, form, at = find_stop(key), SkipForm(request.POST), now()
    if not rules.may_skip(request.staff, stop):
        raise PermissionDenied(ONLY_WALKER)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            why = form.cleaned_data["why"]
            actions.skip(stop, why=why, done_at=acted_at(request), by=request.staff, at=at)
        except ValidationError as fault:
            tell(form, fault)
        except MoveRefused as fault:
            form.add_error(None, str(fault))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _told(stop, 0))
            return redirect("patrol:round", stop.round_id)
    settles = rules.may_settle(request.staff, stop.where.path)
    empty = StopForm(stop=stop, checklist=asked_by(request, stop), settles=settles, at=at)
    return _stop(request, empty, skip=form, status=status)


def _stop(
    request: SignedIn, form: StopForm, skip: SkipForm | None = None, status: int = 200
) -> HttpResponse:
    stop = form.stop
    context = {
        "stop": stop,
        "round": stop.round,
        "tone": words.TONES[stop.state],
        "form": form,
        "skip": skip or SkipForm(),
        "checklist": form.checklist,
        "may_visit": rules.may_visit(request.staff, stop) and stop.state != StopState.VISITED,
        "may_skip": rules.may_skip(request.staff, stop) and stop.state == StopState.WAITING,
        "is_withdrawn": stop.round.state == RoundState.WITHDRAWN,
        "findings": list(queries.findings(stop)),
        "left_out": [line for line in form.asked if line.code in stop.left_out],
    }
    context |= _face(request)
    if sent(request) and status != HTTPStatus.OK:
        return unfit(request, skip or form, "patrol/stop.html", context)
    return render(request, "patrol/stop.html", context, status=status)

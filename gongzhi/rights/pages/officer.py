"""The data officer: requests, holds, terms and what the nights erased, unusual looks, assessments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only, staff_who
from gongzhi.audit.queries import history
from gongzhi.base.fields import tell
from gongzhi.base.ids import tidy_number
from gongzhi.base.moves import MoveRefused, seen
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import queries as matters
from gongzhi.matters.models import Matter
from gongzhi.matters.words import due as due_words
from gongzhi.parties.businesses import files_of
from gongzhi.rights import actions, queries, rules
from gongzhi.rights.forms import (
    AnswerForm,
    AssessForm,
    FoundForm,
    HoldForm,
    LimitsForm,
    RefuseForm,
    TermForm,
    VersionForm,
)
from gongzhi.rights.models import Assessment, Hold, LookLimits, SubjectRequest, Sweep, UnusualLook
from gongzhi.rights.queries.tracker import purpose
from gongzhi.rights.states import REQUEST, State
from gongzhi.rights.words import REASONS, STORY, TONES

P = ParamSpec("P")
GET_POST = ["GET", "HEAD", "POST"]
NIGHTS = 30
SAID = {
    "examine": gettext_lazy("You examine it now; the person was told."),
    "grant": gettext_lazy("It is done, and the person was told."),
    "refuse": gettext_lazy("It is refused; the person reads why, and what they can do."),
}
FORMS: dict[str, type[VersionForm]] = {
    "examine": VersionForm,
    "grant": AnswerForm,
    "refuse": RefuseForm,
}


ONLY_OVERSEER = gettext_lazy(
    "This page is for the data officer of the whole: what stands on it is of no one place."
)
_only = staff_who(rules.may_keep, gettext_lazy("These pages are for the data officer."))
_only_overseer = staff_who(rules.may_oversee, ONLY_OVERSEER)


def officer_only(
    page: Callable[Concatenate[SignedIn, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only data officers see a page, which no cache keeps."""
    return never_cache(_only(page))


def overseer_only(
    page: Callable[Concatenate[SignedIn, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only the data officer of the whole see a page, which no cache keeps."""
    return never_cache(_only_overseer(page))


# --- Requests.


@require_safe
@officer_only
def requests(request: SignedIn) -> HttpResponse:
    """List what waits for an answer, the first due first, then what was answered."""
    after = _key(request.GET.get("after", ""))
    rows, more = queries.answered(request.staff, after)
    said = {
        "waiting": [] if after else _with_dates(queries.waiting_requests(request.staff)),
        "rows": [(one, TONES[one.state]) for one in rows],
        "next_url": f"?after={more}" if more else "",
        "prev_url": reverse("rights:requests") if after else "",
    }
    return render(request, "rights/requests.html", said)


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        return None


def _with_dates(some: list[SubjectRequest]) -> list[tuple[SubjectRequest, str, object]]:
    at, days = now(), default_days()
    return [(one, TONES[one.state], due_words(one.due_at, at, days, "")) for one in some]


def _request(key: UUID, request: SignedIn) -> SubjectRequest:
    found = queries.find(key)
    if found is None:
        raise Http404(_("There is no such request."))
    if not rules.may_see(request.staff, found):
        raise PermissionDenied(_("This request is for the data officer of another place."))
    return found


@require_safe
@officer_only
def request_page(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a request, and what can be done about it."""
    return _show(request, _request(key, request))


def _show(
    request: SignedIn,
    found: SubjectRequest,
    sent: str = "",
    form: VersionForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    at = now()
    initial = {"version": found.version}
    forms = {
        move.name: FORMS[move.name](initial=initial, auto_id=f"{move.name}_%s")
        for move in REQUEST.open_from(found.state)
        if move.name in FORMS
    }
    if form is not None and sent in forms:
        forms[sent] = form
    said: dict[str, Any] = {
        "one": found,
        # What they wrote is theirs to be read once somebody examines it: that look is told to them.
        "words": {} if found.state == State.ASKED else found.said,
        "tone": TONES[found.state],
        "due": due_words(found.due_at, at, default_days(), "") if found.is_open else None,
        "forms": forms,
        "moves": {move.name: move for move in REQUEST.moves},
        **_about(found, at),
        "story": [(entry, STORY.get(entry.verb, entry.verb)) for entry in history(found.pk)],
    }
    return render(request, "rights/request.html", said, status=status)


def _about(found: SubjectRequest, at: datetime) -> dict[str, Any]:
    """Return what the page says of what the request is about: of a sealed file no more than how it is kept."""
    if found.asker:
        files = files_of(found.asker)
        return {"files": files, "kept": files.kept(found.asker), "bars": files.bars(found.asker)}
    assert found.matter  # noqa: S101  where there is no party
    return {
        "matter": found.matter,
        "held_by": queries.hold_of(found.matter, at),
        "term": queries.term_of(found.matter, queries.terms()),
    }


@require_POST
@officer_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Examine, grant or refuse a request."""
    found = _request(key, request)
    form = FORMS[name](request.POST, auto_id=f"{name}_%s")
    if form.is_valid():
        says = dict(form.cleaned_data)
        try:
            seen(found, says.pop("version"))
            getattr(actions, name)(found, **says, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        except MoveRefused as fault:
            form.add_error(None, str(fault))
            return _show(request, found, name, form, HTTPStatus.CONFLICT)
        else:
            messages.success(request, str(SAID[name]))
            return redirect("rights:request", key)
    return _show(request, found, name, form, HTTPStatus.UNPROCESSABLE_ENTITY)


# --- What is kept how long, and held.


@require_http_methods(GET_POST)
@officer_only
def holds(request: SignedIn) -> HttpResponse:
    """List what is held, and hold a matter by its number."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        matter = Matter.objects.filter(number=tidy_number(told.pop("number"))).first()
        if matter is None or not rules.may_hold(request.staff, matter):
            form.add_error("number", _("No matter of your places has this number."))
            return _holds(request, form)
        try:
            actions.hold(matter, **told, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is held."))
            return redirect("rights:holds")
    return _holds(request, form)


def _holds(request: SignedIn, form: HoldForm) -> HttpResponse:
    said = {"form": form, "rows": list(queries.holds(request.staff)), "today": localdate()}
    return render(request, "rights/holds.html", said, status=_status(form))


@require_POST
@officer_only
def lift(request: SignedIn, key: UUID) -> HttpResponse:
    """Lift a hold."""
    held = get_object_or_404(Hold.objects.select_related("matter"), pk=key)
    actions.lift(held, by=request.staff, at=now())
    messages.success(request, _("The hold is lifted."))
    return redirect("rights:holds")


@require_http_methods(GET_POST)
@overseer_only
def retention(request: SignedIn) -> HttpResponse:
    """Show the terms, what tonight would erase, and what the last nights erased; set a term."""
    at = now()
    kinds = list(matters.catalogue(localdate(at)).values())
    form = TermForm(request.POST or None, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_term(**form.cleaned_data, by=request.staff, at=at)
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The term is set. It holds from tonight on."))
            return redirect("rights:retention")
    said = {
        "form": form,
        "terms": terms_named(),
        "foreseen": queries.foreseen(at),
        "nights": list(Sweep.objects.order_by("-id")[:NIGHTS]),
    }
    return render(request, "rights/retention.html", said, status=_status(form))


def terms_named() -> list[tuple[str, str, object]]:
    """Return each term with the name of its kind and its end, the general one first."""
    named = matters.latest_name
    ends = dict(Matter._meta.get_field("state").choices or ())
    known = queries.terms()
    return [
        (named(kind) if kind else "", ends.get(result, ""), known[kind, result])
        for kind, result in sorted(known)
    ]


def _status(form: Any) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


# --- Unusual looks.


@require_http_methods(GET_POST)
@overseer_only
def looks(request: SignedIn) -> HttpResponse:
    """List the looks that were unusual and why; set from when on they are."""
    limits = queries.look_limits()
    form = LimitsForm(request.POST or None, instance=LookLimits.objects.first() or LookLimits())
    if request.method == "POST" and form.is_valid():
        actions.set_look_limits(**form.cleaned_data, by=request.staff, at=now())
        messages.success(request, _("It is set, for looks from now on."))
        return redirect("rights:looks")
    return _looks(request, form, limits)


def _looks(
    request: SignedIn,
    form: LimitsForm,
    limits: LookLimits,
    wrong: tuple[UUID, FoundForm] | None = None,
) -> HttpResponse:
    some, theirs = queries.noted(request.staff)
    rows = [
        {
            "one": one,
            "matter": theirs.get(one.look.subject),
            "may_settle": rules.may_settle(request.staff, one),
            "purpose": purpose(one.look),
            "reasons": [REASONS[code] for code in one.reasons.split()],
            "form": wrong[1]
            if wrong and wrong[0] == one.pk
            else FoundForm(auto_id=f"{one.pk.hex}_%s"),
        }
        for one in some
    ]
    said = {"rows": rows, "form": form, "limits": limits}
    status = _status(form if form.errors or not wrong else wrong[1])
    return render(request, "rights/looks.html", said, status=status)


@require_POST
@overseer_only
def settle(request: SignedIn, key: UUID) -> HttpResponse:
    """Say what an unusual look was."""
    one = get_object_or_404(UnusualLook, pk=key)
    form = FoundForm(request.POST, auto_id=f"{one.pk.hex}_%s")
    if form.is_valid():
        actions.settle(one, found=form.cleaned_data["found"], by=request.staff, at=now())
        messages.success(request, _("It is noted."))
        return redirect("rights:looks")
    limits = queries.look_limits()
    return _looks(request, LimitsForm(instance=limits), limits, (one.pk, form))


# --- Impact assessments.


@require_safe
@overseer_only
def assessments_desk(request: SignedIn) -> HttpResponse:
    """List all assessments."""
    said = {"rows": list(queries.assessments(approved=False)), "today": localdate()}
    return render(request, "rights/assessments_desk.html", said)


@require_http_methods(GET_POST)
@overseer_only
def assess(request: SignedIn) -> HttpResponse:
    """Write an assessment."""
    form = AssessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.assess(form.told(), by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is written. Somebody else approves it."))
            return redirect("rights:assessment", made.pk)
    return render(request, "rights/assess.html", {"form": form}, status=_status(form))


@require_http_methods(GET_POST)
@never_cache
@staff_only
def assessment(request: SignedIn, key: UUID) -> HttpResponse:
    """Show an assessment, and change it: then it has to be approved again."""
    if not (rules.may_oversee(request.staff) or request.staff.is_administrator()):
        raise PermissionDenied(str(ONLY_OVERSEER))
    found = get_object_or_404(Assessment, pk=key)
    form = AssessForm(request.POST) if request.method == "POST" else AssessForm.of(found)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.reassess(found, form.told(), version=version, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is changed. Somebody else approves it anew."))
            return redirect("rights:assessment", key)
    said = {
        "form": form,
        "assessment": found,
        "may_change": rules.may_assess(request.staff),
        "may_approve": not found.approved_at and rules.may_approve(request.staff, found),
    }
    return render(request, "rights/assess.html", said, status=_status(form))


@require_POST
@staff_only
def approve(request: SignedIn, key: UUID) -> HttpResponse:
    """Approve what somebody else wrote."""
    found = get_object_or_404(Assessment, pk=key)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else None
    actions.approve(found, version=version, by=request.staff, at=now())
    messages.success(request, _("It is approved: everybody can read it."))
    return redirect("rights:assessment", key)

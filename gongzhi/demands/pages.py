from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_who
from gongzhi.audit.queries import history
from gongzhi.base.fields import tell
from gongzhi.base.ids import tidy_number
from gongzhi.base.moves import MoveRefused, seen
from gongzhi.demands import actions, queries, rules
from gongzhi.demands.forms import (
    CheckForm,
    EnterForm,
    HandForm,
    NarrowForm,
    ProlongForm,
    ReasonForm,
    VersionForm,
)
from gongzhi.demands.models import Deferral, Demand
from gongzhi.demands.states import DEFERRAL, DEMAND, ONLY_BOTH
from gongzhi.demands.words import STORY, TONES
from gongzhi.matters.models import Matter
from gongzhi.parties.http import serve
from gongzhi.parties.models import Paper

P = ParamSpec("P")
FORMS: dict[str, type[VersionForm]] = {
    "check": CheckForm,
    "approve": CheckForm,
    "narrow": NarrowForm,
    "refuse": ReasonForm,
    "hand_over": HandForm,
    "prolong": ProlongForm,
}
MOVES = [move.name for move in (*DEMAND.moves, *DEFERRAL.moves)]
SAID = {
    "check": gettext_lazy("Checked. The leader checks it as well."),
    "approve": gettext_lazy("Approved. The data officer hands it over."),
    "narrow": gettext_lazy("Narrowed. Both check what is left."),
    "refuse": gettext_lazy("Refused. Tell the authority on paper, with this reason."),
    "hand_over": gettext_lazy("Handed over. Write it to a file within 24 hours."),
    "withdraw": gettext_lazy("It is noted that the authority took it back."),
    "prolong": gettext_lazy("Put off until that day."),
    "tell": gettext_lazy("The person is told."),
}


_only = staff_who(rules.may_look, gettext_lazy("These pages are for data officers and leaders."))


def both_only(
    page: Callable[Concatenate[SignedIn, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only data officers and leaders see a page, which no cache keeps."""
    return never_cache(_only(page))


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """Show everybody how many orders came, and what became of them."""
    return render(request, "demands/counts.html", {"halves": queries.counted()})


@require_safe
@both_only
def index(request: SignedIn) -> HttpResponse:
    """List what waits, then what has ended."""
    try:
        after = UUID(request.GET["after"]) if "after" in request.GET else None
    except ValueError:
        after = None
    rows, more = queries.ended(request.staff, after)
    said = {
        "waiting": []
        if after
        else [(one, TONES[one.state]) for one in queries.waiting(request.staff)],
        "rows": [(one, TONES[one.state]) for one in rows],
        "next_url": f"?after={more}" if more else "",
        "prev_url": reverse("demands:index") if after else "",
    }
    return render(request, "demands/index.html", said)


@require_http_methods(["GET", "HEAD", "POST"])
@both_only
def enter(request: SignedIn) -> HttpResponse:
    """Enter a written order."""
    form = EnterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        number = tidy_number(form.cleaned_data["matter"])
        matter = Matter.objects.filter(number=number).first()
        if matter is None or not rules.may_enter(request.staff, matter):
            form.add_error("matter", _("No matter of your places has this number."))
        else:
            try:
                made = actions.enter(matter, form.order(), by=request.staff, at=now())
            except ValidationError as fault:
                tell(form, fault)
            else:
                messages.success(request, _("It is entered. Check ground and scope."))
                return redirect("demands:show", made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "demands/enter.html", {"form": form}, status=status)


def _demand(key: UUID, request: SignedIn) -> Demand:
    found = queries.find(key)
    if found is None:
        raise Http404(_("There is no such order."))
    if not rules.may_see(request.staff, found):
        raise PermissionDenied(ONLY_BOTH)
    return found


@require_safe
@both_only
def show(request: SignedIn, key: UUID) -> HttpResponse:
    """Show an order, and what can be done about it."""
    return _show(request, _demand(key, request))


def _form(name: str, demand: Demand, *args: Any) -> VersionForm:
    kind = FORMS.get(name, VersionForm)
    more: dict[str, Any] = {
        "auto_id": f"{name}_%s",
        "initial": {"version": _of(name, demand).version},
    }
    if kind is NarrowForm:
        more["wanted"] = demand.wanted
        more["initial"] |= {"parts": [part.value for part in demand.wanted]}
    return kind(*args, **more)


def _of(name: str, demand: Demand) -> Demand | Deferral:
    """Return the record that a move is of."""
    if name in {move.name for move in DEMAND.moves}:
        return demand
    try:
        return demand.deferral
    except Deferral.DoesNotExist as missing:
        raise Http404(_("Nobody is left untold here.")) from missing


def _show(
    request: SignedIn,
    demand: Demand,
    sent: VersionForm | None = None,
    name: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    deferral: Deferral | None = getattr(demand, "deferral", None)
    moves = [(move, demand) for move in DEMAND.open_from(demand.state)]
    if deferral:
        moves += [(move, deferral) for move in DEFERRAL.open_from(deferral.state)]  # type: ignore[misc]
    said: dict[str, Any] = {
        "one": demand,
        "matter": demand.matter,
        "tone": TONES[demand.state],
        "deferral": deferral,
        "papers": queries.papers(demand),
        "moves": [
            (
                move,
                sent if sent and move.name == name else _form(move.name, demand),
                reverse(f"demands:{move.name}", args=[demand.pk]),
            )
            for move, record in moves
            if getattr(rules, f"may_{move.name}")(request.staff, record)
        ],
        "may_fetch": rules.may_fetch(request.staff, demand, now()),
        "story": [(entry, STORY.get(entry.verb, entry.verb)) for entry in history(demand.pk)],
    }
    return render(request, "demands/show.html", said, status=status)


@require_POST
@both_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Do one move of an order, or of telling its person."""
    demand = _demand(key, request)
    record = _of(name, demand)
    form = _form(name, demand, request.POST)
    if form.is_valid():
        says = dict(form.cleaned_data)
        try:
            seen(record, says.pop("version"))
            getattr(actions, name)(record, **says, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        except MoveRefused as fault:
            form.add_error(None, str(fault))
            return _show(request, demand, form, name, HTTPStatus.CONFLICT)
        else:
            messages.success(request, str(SAID[name]))
            return redirect("demands:show", key)
    return _show(request, demand, form, name, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@both_only
def fetch(request: SignedIn, key: UUID) -> HttpResponse:
    """Send what was handed over as a file."""
    demand = _demand(key, request)
    answer = HttpResponse(
        actions.fetch(demand, by=request.staff, at=now()), content_type="application/zip"
    )
    answer["Content-Disposition"] = f'attachment; filename="{demand.matter.number}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@both_only
def paper(request: SignedIn, key: UUID, paper: UUID) -> HttpResponse:
    """Show the order as it came."""
    demand = _demand(key, request)
    return serve(get_object_or_404(Paper, pk=paper, file=demand.pk))

"""One hazard: how it stands, what may be done, its history; and its photos."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, staff_of, staff_only
from gongzhi.accounts.models import Staff
from gongzhi.audit.queries import history
from gongzhi.base.fields import tell
from gongzhi.base.http import sentence
from gongzhi.base.moves import Button, MoveLost, MoveRefused, seen
from gongzhi.deadlines.words import told
from gongzhi.hazards import actions, queries, rules
from gongzhi.hazards.forms import FORMS, MoveForm
from gongzhi.hazards.models import Evidence, Hazard
from gongzhi.hazards.pages.finding import find
from gongzhi.hazards.pages.lists import line, point
from gongzhi.hazards.states import HAZARD, OPEN
from gongzhi.hazards.words import DONE, GRAVE, stages, story
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.http import send_file
from gongzhi.matters.uploads import Sort


@never_cache
@require_safe
@staff_only
def show(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a hazard: what, where, its five points, what may be done, its history."""
    return _page(request, find(key, request.staff))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Make the move ``name``; by GET show the page with its form open."""
    hazard = find(key, request.staff)
    if request.method != "POST":
        return _page(request, hazard, FORMS[name](hazard=hazard), name)
    if not getattr(rules, f"may_{name}")(request.staff, hazard):
        raise PermissionDenied(HAZARD[name].only)
    form = FORMS[name](request.POST, request.FILES, hazard=hazard)
    if form.is_valid():
        try:
            seen(hazard, form.cleaned_data["version"])
            getattr(actions, name)(hazard, **form.given(), by=request.staff, at=now())
        except ValidationError as refused:
            tell(form, refused)
        except (MoveLost, MoveRefused) as lost:
            fresh = find(key, request.staff)
            said = sentence(lost)
            return _page(request, fresh, said=said, status=HTTPStatus.CONFLICT)
        else:
            messages.success(request, str(DONE[name]))
            return redirect("hazards:show", key)
    said = " ".join(map(str, form.non_field_errors())) if type(form) is MoveForm else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(request, hazard, form, name, said=said, status=status)


def _page(
    request: SignedIn,
    hazard: Hazard,
    form: MoveForm | None = None,
    opened: str = "",
    *,
    said: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    drawn = line(hazard)
    days = (hazard.registered_on, hazard.ordered_on, hazard.rectified_on, hazard.accepted_on)
    matter = hazard.matter
    context = {
        "hazard": hazard,
        "line": drawn,
        "steps": stages(hazard.state, days),
        "point": [point(drawn)] if hazard.lat is not None else [],
        "moves": _buttons(hazard, request.staff, form, opened),
        "evidence": list(hazard.evidence.order_by("at", "pk")),
        "later": list(hazard.later.order_by("pk")) if hazard.accepted_on else [],
        "matter": matter if matter and matter_rules.may_see(request.staff, matter) else None,
        "alike": list(queries.alike(hazard)) if hazard.state in OPEN else [],
        "why": _why(hazard),
        "story": story(history(hazard.pk)),
        "said": said,
    }
    return render(request, "hazards/show.html", context, status=status)


def _buttons(hazard: Hazard, by: Staff, form: MoveForm | None, opened: str) -> list[Button]:
    """Return the moves that ``by`` may make now and that would make sense."""
    return [
        Button(
            move,
            reverse(f"hazards:{move.name}", args=[hazard.pk]),
            hazard.version,
            form if move.name == opened else None,
            bare=FORMS[move.name] is MoveForm,
            grave=move.name in GRAVE,
        )
        for move in HAZARD.open_from(hazard.state)
        if getattr(rules, f"may_{move.name}")(by, hazard) and _makes_sense(move.name, hazard)
    ]


def _makes_sense(name: str, hazard: Hazard) -> bool:
    """Return whether the action would not refuse it for how the hazard stands."""
    if name == "lift":
        return hazard.is_listed
    return name != "supervise" or not hazard.is_listed


def _why(hazard: Hazard) -> list[str]:
    """Return day by day until when the rule lets an ordered hazard stand, where a rule bounds it."""
    if not (hazard.ordered_on and hazard.office):
        return []
    bound = queries.rule(hazard.level, hazard.ordered_on)
    return told(queries.explained(bound, hazard.office, hazard.ordered_on)) if bound else []


@require_safe
def file(request: HttpRequest, key: UUID) -> FileResponse:
    """Send a photo to who may see its hazard."""
    found = _evidence(request, key)
    return send_file(found.file.name, Sort.PHOTO, found.pk.hex)


@require_safe
def small(request: HttpRequest, key: UUID) -> FileResponse:
    """Send the small picture to the same people."""
    found = _evidence(request, key)
    return send_file(found.small.name, Sort.PHOTO, found.pk.hex)


def _evidence(request: HttpRequest, key: UUID) -> Evidence:
    found = get_object_or_404(Evidence, pk=key)
    who = staff_of(request)
    if who is None:
        raise PermissionDenied(_("Sign in to see this photo."))
    find(found.hazard_id, who)
    return found

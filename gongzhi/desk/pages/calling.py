"""The telephone page: whom to ask next, what to say, what came of it."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.audit.actions import look
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused, seen
from gongzhi.desk import queries
from gongzhi.desk.queries import Reader
from gongzhi.desk.rules import CALLERS, may_call
from gongzhi.desk.words import script
from gongzhi.matters import actions
from gongzhi.matters.forms import FORMS, About, MoveForm
from gongzhi.matters.models import Matter
from gongzhi.matters.pages.finding import find
from gongzhi.matters.queries import TRIES, contact
from gongzhi.matters.rules import may_follow_up
from gongzhi.matters.states import MATTER, State
from gongzhi.matters.words import DONE
from gongzhi.places.queries import chain_names

PURPOSE = "follow_up"  # of a look at the number


@require_safe
@staff_only
def follow_ups(request: SignedIn) -> HttpResponse:
    """List whom to call back, those due first, with how many there are of each part."""
    _check(request)
    at, by = now(), request.staff
    counts, without = queries.call_counts(by, at)
    part = _part(request, "today" if counts["today"] else "all")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found, reader = queries.to_call(part, by, at), Reader(by, at, localdate(at))
    page = queries.page(found, reader, after=after, before=before)
    told = queries.tried(page)
    context = {
        "parts": [(name, label, counts[name]) for name, label in queries.CALLS.items()],
        "part": part,
        "rows": [(row, told[row.pk]) for row in page.rows],
        "most": TRIES,
        "without": without,
        "prev_url": f"?{urlencode({'of': part, 'before': page.before})}" if page.before else "",
        "next_url": f"?{urlencode({'of': part, 'after': page.after})}" if page.after else "",
        "at": at,
    }
    return render(request, "desk/follow_ups.html", context)


def _check(request: SignedIn) -> None:
    if not may_call(request.staff):
        raise PermissionDenied(MATTER["follow_up"].only)


def _part(request: SignedIn, usual: str = "all") -> str:
    asked = request.GET.get("of", "")
    return asked if asked in queries.CALLS else usual


@require_safe
@staff_only
def next_call(request: SignedIn) -> HttpResponse:
    """Go to whom to call next, or back to the list where nobody is left."""
    _check(request)
    at, part = now(), _part(request)
    after = request.GET.get("after", "")
    found = queries.next_call(part, request.staff, at, after)
    if found is None and after:  # from the beginning: some may have been passed over
        found = queries.next_call(part, request.staff, at)
    if found:
        return redirect(f"{reverse('desk:follow_up', args=[found])}?{urlencode({'of': part})}")
    messages.info(request, _("Everybody on this list who can be called now was called."))
    return redirect(f"{reverse('desk:follow_ups')}?{urlencode({'of': part})}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def follow_up(request: SignedIn, key: UUID) -> HttpResponse:
    """Show what to say to whom; by POST record what came of the call and go to the next."""
    matter, at = _find(request, key), now()
    if matter.state != State.RESOLVED:
        messages.info(request, _("%(number)s is not to be asked any more.") % _said(matter))
        return _onward(request, matter)
    if request.method != "POST":
        return _show(request, matter, _form(request, matter, at), at)
    form = _form(request, matter, at, typed=True)
    try:
        if form.is_valid():
            seen(matter, form.cleaned_data["version"])
            actions.follow_up(matter, by=request.staff, at=at, **form.given())
            messages.success(request, f"{matter.number}: {DONE['follow_up']}")
            return _onward(request, matter)
    except ValidationError as refused:
        form.add_error(None, refused)
    except (MoveLost, MoveRefused) as lost:
        return _lost(request, form, sentence(lost), at)
    return _show(request, matter, form, at, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _find(request: SignedIn, key: UUID) -> Matter:
    matter = find(key, request.staff)
    if not may_follow_up(request.staff, matter):
        raise PermissionDenied(MATTER["follow_up"].only)
    return matter


def _said(matter: Matter) -> dict[str, str]:
    return {"number": matter.number}


def _form(
    request: SignedIn, matter: Matter, at: datetime, *, typed: bool = False, **kwargs: object
) -> MoveForm:
    about = About(matter, request.staff, at)
    data = request.POST if typed else None
    return FORMS["follow_up"](data, about=about, name="follow_up", **kwargs)


def _lost(request: SignedIn, form: MoveForm, said: str, at: datetime) -> HttpResponse:
    """Show what was typed once more, where it can still be recorded."""
    matter = _find(request, form.about.matter.pk)
    if matter.state != State.RESOLVED:
        messages.warning(request, f"{matter.number}: {said}")
        return _onward(request, matter)
    typed = {field.name: field.value() for field in form.visible_fields()}
    again = _form(request, matter, at, initial=typed)
    return _show(request, matter, again, at, said=said, status=HTTPStatus.CONFLICT)


def _onward(request: SignedIn, matter: Matter) -> HttpResponse:
    return redirect(_after(request, matter))


def _after(request: SignedIn, matter: Matter) -> str:
    """Return the address of whom to call after ``matter``."""
    asked = {"of": _part(request)}
    if matter.state == State.RESOLVED and matter.due_at:
        asked["after"] = f"{matter.due_at.isoformat()}~{matter.pk.hex}"
    return f"{reverse('desk:next_call')}?{urlencode(asked)}"


@never_cache
@require_POST
@staff_only
def number(request: SignedIn, key: UUID) -> HttpResponse:
    """Show the number to call: one press, recorded with its purpose and shown to the person."""
    matter, at = _find(request, key), now()
    if matter.state != State.RESOLVED:
        return _onward(request, matter)
    if matter.requester.no_contact:
        raise PermissionDenied(_("They do not wish to be contacted: nobody calls them."))
    look(matter.pk, purpose=PURPOSE, by=request.staff, at=at)
    return _show(request, matter, _form(request, matter, at), at, shown=True)


def _show(
    request: SignedIn,
    matter: Matter,
    form: MoveForm,
    at: datetime,
    *,
    shown: bool = False,
    said: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    answer = matter.answers.order_by("-at").first()
    office = matter.office
    requester = getattr(matter, "requester", None)
    language = requester.language if requester else request.LANGUAGE_CODE
    with override(language):
        spoken = script(
            language,
            place=_centre(request, matter),
            caller=request.user.name,
            office=office.name if office else _("The office"),
            raised_at=matter.received_at,
        )
    context = {
        "matter": matter,
        "script": spoken,
        "answer": answer,
        "form": form,
        "contact": contact(matter, shown=shown),
        "shown": shown,
        "never": bool(requester and requester.no_contact),
        "before": list(matter.follow_ups.filter(at__gte=matter.resolved_at).order_by("at")),
        "try": matter.tries + 1,
        "most": TRIES,
        "of": _part(request),
        "skip": _after(request, matter),
        "said": said,
        "part": queries.CALLS[_part(request)],
        "at": at,
    }
    return render(request, "desk/follow_up.html", context, status=status)


def _centre(request: SignedIn, matter: Matter) -> str:
    """Return the place whose centre calls: where the caller sorts, as near the matter as there is."""
    mine = [path for path in request.staff.paths(*CALLERS) if matter.desk.startswith(path)]
    names = chain_names(max(mine, key=len)) if mine else []
    return names[-1] if names else ""

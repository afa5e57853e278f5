"""The person of one matter: what is held, who looked, what they ask about it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.audit.queries import looks
from gongzhi.base.fields import tell
from gongzhi.deadlines.clocks import Course, explain
from gongzhi.deadlines.queries import default_days
from gongzhi.deadlines.words import why as in_words
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import holder
from gongzhi.rights import actions, queries
from gongzhi.rights.forms import AskForm
from gongzhi.rights.http import must_prove, proven
from gongzhi.rights.models import SubjectRequest
from gongzhi.rights.queries.tracker import purpose
from gongzhi.rights.states import Sort
from gongzhi.rights.words import DOES, TONES

MOST_LOOKS = 100
PLAIN = {"ensure_ascii": False, "indent": 2}


@never_cache
@require_safe
def mine(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show who looked, how long what is kept, and what was asked."""
    matter = proven(request, key)
    if matter is None:
        return redirect("portal:follow")
    return _mine(request, matter, AskForm())


def _mine(
    request: HttpRequest, matter: Matter, form: AskForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    term = queries.term_of(matter, queries.terms())
    requests = queries.of_matter(matter)
    granted = {one.sort for one in requests if one.state == "granted"}
    said: dict[str, Any] = {
        "matter": matter,
        "form": form,
        "sorts": [(choice, *DOES[str(choice.data["value"])]) for choice in form["sort"]],
        "rows": [(one, one.said, TONES[one.state]) for one in requests],
        "can_see": Sort.SEE in granted,
        "can_copy": Sort.COPY in granted,
        "looks": [(one, purpose(one)) for one in looks(matter.pk)[:MOST_LOOKS]],
        "term": term,
        "contact_until": queries.contact_until(matter, term),
        "words_until": queries.words_until(matter, term),
        "held_by": queries.hold_of(matter, now()),
        "has_contact": bool(matter.requester.sealed) if hasattr(matter, "requester") else False,
        "usage_url": f"{reverse('rights:find_usage')}?matter={matter.pk}",
    }
    return render(request, "rights/mine.html", said, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask something about one's own data."""
    matter = must_prove(request, key)
    if request.method != "POST":
        return redirect("rights:mine", matter.pk)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            made = actions.ask(matter, **form.said(), by=holder(matter), at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            said = _("We have it. You read the answer here by %(day)s at the latest.")
            day = made.due_at.astimezone(default_days().zone)
            messages.success(request, said % {"day": f"{day:%Y-%m-%d}"})
            return redirect("rights:mine", matter.pk)
    return _mine(request, matter, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@never_cache
@require_POST
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a request back."""
    found, matter = _own(request, key)
    actions.withdraw(found, by=holder(matter), at=now())
    messages.success(request, _("You have taken it back."))
    return redirect("rights:mine", matter.pk)


@never_cache
@require_safe
def why(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show why a request is answered by its date, day by day, with the article."""
    found, matter = _own(request, key)
    counted = explain(
        Course(found.asked_at, found.due_rule.limit), default_days(), found.due_rule.cited
    )
    context = {
        "number": matter.number,
        "label": found.get_sort_display(),
        "why": in_words(counted),
        "back": reverse("rights:mine", args=[matter.pk]),
        "layout": "base/portal.html",
    }
    return render(request, "parties/why.html", context)


def _own(request: HttpRequest, key: UUID) -> tuple[SubjectRequest, Matter]:
    found = get_object_or_404(SubjectRequest.objects.select_related("due_rule"), pk=key)
    matter = must_prove(request, found.matter_id)
    found.matter = matter
    return found, matter


@never_cache
@require_safe
def held(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show everything that is held, once that was granted."""
    matter = _granted(request, key, Sort.SEE)
    said = {"matter": matter, "parts": queries.held(matter)}
    return render(request, "rights/held.html", said)


@never_cache
@require_safe
def copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send the same as a file, once that was granted."""
    matter = _granted(request, key, Sort.COPY)
    answer = JsonResponse(queries.copy(matter), json_dumps_params=PLAIN)
    answer["Content-Disposition"] = f'attachment; filename="{matter.number}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


def _granted(request: HttpRequest, key: UUID, sort: str) -> Matter:
    matter = must_prove(request, key)
    if not queries.is_open_to(matter, sort):
        raise PermissionDenied(
            _("Ask for it first, on the page of your data; it opens with the answer.")
        )
    return matter

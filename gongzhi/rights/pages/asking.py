"""The person of one matter, or one of a sealed file: what is held, who looked, what they ask about it."""

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
from gongzhi.demands.queries import told
from gongzhi.matters.models import Matter
from gongzhi.parties import queries as parties
from gongzhi.parties.businesses import files_of
from gongzhi.parties.models import Party
from gongzhi.rights import actions, queries
from gongzhi.rights.forms import AskForm
from gongzhi.rights.http import must_prove, person, whose
from gongzhi.rights.models import SubjectRequest, Whose
from gongzhi.rights.queries.tracker import purpose
from gongzhi.rights.states import Sort
from gongzhi.rights.words import DOES, TONES

MOST_LOOKS = 100
PLAIN = {"ensure_ascii": False, "indent": 2}


@never_cache
@require_safe
def mine(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show who looked, how long what is kept, and what was asked."""
    found = whose(request, key)
    if found is None:
        return redirect("portal:follow")
    return _mine(request, found, AskForm())


def _mine(
    request: HttpRequest, found: Whose, form: AskForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    requests = queries.of(found)
    granted = {one.sort for one in requests if one.state == "granted"}
    does = DOES | (
        {Sort.DELETE: (files_of(found).erases, "47")} if isinstance(found, Party) else {}
    )
    said: dict[str, Any] = {
        "whose": found,
        "back": found.get_absolute_url()
        if isinstance(found, Party)
        else reverse("portal:show", args=[found.pk]),
        "form": form,
        "sorts": [(choice, *does[str(choice.data["value"])]) for choice in form["sort"]],
        "rows": [(one, one.said, TONES[one.state]) for one in requests],
        "can_see": Sort.SEE in granted,
        "can_copy": Sort.COPY in granted,
        **(_of_party(found) if isinstance(found, Party) else _of_matter(found)),
    }
    return render(request, "rights/mine.html", said, status=status)


def _of_party(party: Party) -> dict[str, Any]:
    """Return what the page says of one of the people of a sealed file alone."""
    return {
        "party": party,
        "kept": files_of(party).kept(party),
        "looks": [(one, purpose(one)) for one in parties.looks(party)[:MOST_LOOKS]],
    }


def _of_matter(matter: Matter) -> dict[str, Any]:
    """Return what the page says of the person of a matter alone."""
    term = queries.term_of(matter, queries.terms())
    return {
        "matter": matter,
        "looks": [(one, purpose(one)) for one in looks(matter.pk)[:MOST_LOOKS]],
        "demands": told(matter),
        "term": term,
        "contact_until": queries.contact_until(matter, term),
        "words_until": queries.words_until(matter, term),
        "held_by": queries.hold_of(matter, now()),
        "has_contact": bool(matter.requester.sealed) if hasattr(matter, "requester") else False,
        "usage_url": f"{reverse('rights:find_usage')}?matter={matter.pk}",
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask something about one's own data."""
    found = must_prove(request, key)
    if request.method != "POST":
        return redirect("rights:mine", found.pk)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            made = actions.ask(found, **form.said(), by=person(found), at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            said = _("We have it. You read the answer here by %(day)s at the latest.")
            day = made.due_at.astimezone(default_days().zone)
            messages.success(request, said % {"day": f"{day:%Y-%m-%d}"})
            return redirect("rights:mine", found.pk)
    return _mine(request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@never_cache
@require_POST
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a request back."""
    asked = _own(request, key)
    actions.withdraw(asked, by=person(asked.whose), at=now())
    messages.success(request, _("You have taken it back."))
    return redirect("rights:mine", asked.whose.pk)


@never_cache
@require_safe
def why(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show why a request is answered by its date, day by day, with the article."""
    asked = _own(request, key)
    counted = explain(
        Course(asked.asked_at, asked.due_rule.limit), default_days(), asked.due_rule.cited
    )
    context = {
        "number": asked.whose.number,
        "label": asked.get_sort_display(),
        "why": in_words(counted),
        "back": reverse("rights:mine", args=[asked.whose.pk]),
        "layout": "base/portal.html",
    }
    return render(request, "parties/why.html", context)


def _own(request: HttpRequest, key: UUID) -> SubjectRequest:
    asked = get_object_or_404(
        SubjectRequest.objects.select_related("due_rule", "matter", "asker"), pk=key
    )
    found = must_prove(request, asked.whose.pk)
    if isinstance(found, Matter):
        asked.matter = found
    return asked


@never_cache
@require_safe
def held(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show everything that is held, once that was granted."""
    found = _granted(request, key, Sort.SEE)
    said = {"whose": found, "parts": queries.held(found)}
    return render(request, "rights/held.html", said)


@never_cache
@require_safe
def copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send the same as a file, once that was granted."""
    found = _granted(request, key, Sort.COPY)
    answer = JsonResponse(queries.copy(found), json_dumps_params=PLAIN)
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


def _granted(request: HttpRequest, key: UUID, sort: str) -> Whose:
    found = must_prove(request, key)
    if not queries.is_open_to(found, sort):
        raise PermissionDenied(
            _("Ask for it first, on the page of your data; it opens with the answer.")
        )
    return found

"""What mediation is, applying for it, and the receipt: on the portal and at a counter."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, address, staff_only
from gongzhi.advice.danger import danger_in, words
from gongzhi.audit.actors import Actor
from gongzhi.base.fields import tell
from gongzhi.base.ids import tidy_number
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.actions.proving import Limit, spend
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import is_receipt, receipt_code
from gongzhi.mediation import actions, rules
from gongzhi.mediation.forms import ApplyForm, others
from gongzhi.mediation.models import Case
from gongzhi.mediation.pages.finding import find, find_mine, sent
from gongzhi.mediation.words import APPLICANT, kinds
from gongzhi.parties import http as parties
from gongzhi.parties.models import Party
from gongzhi.parties.queries import of_file

ANYBODY = Actor(None, "applicant")
TRIES = Limit("mediation-apply", 20, timedelta(hours=1))
TAKEN = "mediation_taken"
FOLLOWS = "follows"  # matters that this session follows


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what mediation is, what it costs (nothing), and what nobody has to do."""
    return render(request, "mediation/about.html", {"kinds": kinds().values()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Apply for mediation; ``?matter=`` names one's own matter that it comes from."""
    at = now()
    form = ApplyForm(sent(request), at=at, matter=_own_matter(request))
    some = others(sent(request))
    if request.method == "POST":
        spend(TRIES, address(request), by=ANYBODY, at=at)
        applied = _applied(form, some, ANYBODY, at)
        if applied:
            return _led(request, applied)
    return _page(request, "mediation/apply.html", form, some)


def _led(request: HttpRequest, applied: actions.Applied) -> HttpResponse:
    """Lead to the receipt, or to “Follow” where the form was sent again and its code opens nothing more."""
    if not applied.code:
        messages.info(
            request, _("This was sent before. Go on with its number and your latest code.")
        )
        return redirect("portal:follow")
    parties.hold(request, applied.party)
    return redirect("mediation:receipt", applied.party.pk)


def _own_matter(request: HttpRequest) -> Matter | None:
    number = tidy_number(request.GET.get("matter", "")[:40])
    keys = request.session.get(FOLLOWS, []) if number else []
    return Matter.objects.filter(number=number, pk__in=keys).first() if keys else None


def _applied(form: ApplyForm, some: Any, by: Actor, at: datetime) -> actions.Applied | None:
    if not (form.is_valid() & some.is_valid()):
        return None
    try:
        return actions.apply(form.application(some.cleaned_data), by=by, at=at)
    except ValidationError as refused:
        tell(form, refused)
        return None


def _page(
    request: HttpRequest, template: str, form: ApplyForm, some: Any, **more: Any
) -> HttpResponse:
    wrong = form.is_bound and (form.errors or some.total_error_count())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    said = {"form": form, "others": some, "words": list(words()), "wrong": wrong} | more
    return render(request, template, said, status=status)


@never_cache
@require_safe
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the receipt in the session of who applied; and whom to call where somebody is in danger."""
    party, _me, case = find_mine(request, pk)
    if party.role != APPLICANT:
        return redirect("mediation:mine", pk)
    return render(request, "mediation/receipt.html", _slip(case, party) | {"party": party})


def _slip(case: Case, party: Party) -> dict[str, Any]:
    """Return what the receipt is drawn from; without the code once another has taken its place."""
    code = receipt_code(case.form_key) if case.form_key else ""
    code = code if is_receipt(party.receipt_hash, party.pk, code) else ""
    return {
        "case": case,
        "code": code,
        "danger": danger_in(f"{case.title} {case.story}"),
    }


# --- At a counter.


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def take_in(request: SignedIn) -> HttpResponse:
    """Apply for somebody who is there, calls, or was sent by the police, a court, a community."""
    at, by = now(), request.staff
    if not any(rules.may_take_in(by, held.path) for held in by.posts):
        raise PermissionDenied(_("Who takes in matters and the committees take in applications."))
    matter = _matter(request)
    form = ApplyForm(sent(request), at=at, by=by, matter=matter)
    some = others(sent(request))
    if request.method == "POST" and (applied := _applied(form, some, by, at)):
        known = request.session.get(TAKEN, [])
        request.session[TAKEN] = [*known, applied.case.pk.hex][-20:]
        return redirect("mediation:taken", applied.case.pk)
    return _page(request, "mediation/take_in.html", form, some, matter=matter)


def _matter(request: SignedIn) -> Matter | None:
    number = tidy_number(request.GET.get("matter", "")[:40])
    if not number:
        return None
    return matter_rules.visible(Matter.objects.filter(number=number), request.staff).first()


@never_cache
@require_safe
@staff_only
def taken(request: SignedIn, key: UUID) -> HttpResponse:
    """Show the receipt to be handed over, in the session that took the application in."""
    if key.hex not in request.session.get(TAKEN, []):
        find(key, request.staff)
        return redirect("mediation:show", key)
    case = Case.objects.get(pk=key)
    party = next(one for one in of_file(case.pk) if one.role == APPLICANT)
    may_see = rules.may_see(request.staff, case)
    said = _slip(case, party) | {"party": party, "may_see": may_see}
    return render(request, "mediation/taken.html", said)

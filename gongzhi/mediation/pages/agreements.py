"""The agreement of a case, for its mediators: drafted, put before the parties, signed, confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Staff
from gongzhi.base.fields import tell
from gongzhi.base.http import pdf_answer, sentence
from gongzhi.base.moves import Lifecycle, Move, MoveLost, MoveRefused, seen
from gongzhi.deadlines.queries import clocks_of
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.forms.agreements import FORMS, DraftForm, PressForm, clause_forms
from gongzhi.mediation.models import Agreement, Case, Confirmation
from gongzhi.mediation.pages.finding import READ, find, sent
from gongzhi.mediation.states import AGREEMENT, CONFIRMATION, ONLY_MEDIATOR, Draft, State
from gongzhi.mediation.words import CLOCKS

Row = Agreement | Confirmation
OF: dict[str, Lifecycle] = {
    move.name: lifecycle for lifecycle in (AGREEMENT, CONFIRMATION) for move in lifecycle.moves
}


def case_of(key: UUID, by: Staff) -> Case:
    """Return the case if ``by`` mediates it; the look is recorded.

    :raises Http404: there is none, or it is not theirs to see
    :raises PermissionDenied: they see it, and do not mediate it
    """
    case = find(key, by)
    if not rules.may_enter(by, case, None):
        raise PermissionDenied(ONLY_MEDIATOR)
    actions.look(case, purpose=READ, by=by, at=now())
    return case


def case_at_court(key: UUID, by: Staff) -> Case:
    """Return the case also for the clerk, who records what the court did and reads no agreement.

    :raises Http404: there is none, or it is not theirs to see
    """
    case = find(key, by)
    actions.look(case, purpose=READ, by=by, at=now())
    return case


def row_of(name: str, key: UUID) -> Row:
    """Return the agreement or confirmation that the move ``name`` is of.

    :raises Http404: there is none
    """
    row: Row | None
    if OF[name] is AGREEMENT:
        row = Agreement.objects.select_related("case__committee__calendar").filter(pk=key).first()
    else:
        related = "agreement__case__committee__calendar"
        row = Confirmation.objects.select_related(related).filter(pk=key).first()
    if row is None:
        raise Http404
    return row


@dataclass(frozen=True, slots=True)
class Button:
    """A move that whoever reads may make now, of ``row``; ``bare`` where a press is enough."""

    move: Move
    row: Row
    bare: bool


def buttons(row: Row, by: Staff, unsigned: int) -> Iterator[Button]:
    """Yield the moves of a row that ``by`` may make now; to change the draft has a page of its own.

    ``unsigned`` is how many parties have not signed: while there are some, nobody signs last.
    """
    lifecycle = AGREEMENT if isinstance(row, Agreement) else CONFIRMATION
    oral = isinstance(row, Agreement) and row.oral
    apart = {"redraft", "conclude" if unsigned else "witness"}
    apart |= {"witness", "conclude"} if oral else set()
    for move in lifecycle.open_from(row.state):
        if move.name not in apart and getattr(rules, f"may_{move.name}")(by, row):
            yield Button(move, row, FORMS.get(move.name) is PressForm)


def about(found: Agreement) -> dict[str, Any]:
    """Return what a page shows of an agreement to whoever may read it (eight queries)."""
    court = queries.confirmation(found)
    everybody = queries.people(found.case)
    return {
        "terms": queries.terms(found),
        "signatures": queries.signatures(found),
        "unsigned": queries.unsigned(found, everybody) if found.state == Draft.SIGNING else [],
        "confirmation": court,
        "clocks": [(CLOCKS[one.name], one) for one in clocks_of(court.pk)] if court else [],
        "not_confirmed": queries.not_confirmed(),
    }


@never_cache
@require_safe
@staff_only
def agreement(request: SignedIn, key: UUID) -> HttpResponse:
    """Show the agreement of a case, who signed it, its terms and how it stands at court."""
    case = case_of(key, request.staff)
    found = queries.agreement(case)
    context: dict[str, Any] = {"case": case, "agreement": found, "visits": queries.visits(case)}
    if found:
        context |= about(found)
        rows = [found, *([context["confirmation"]] if context["confirmation"] else [])]
        context |= {
            "buttons": [
                button
                for row in rows
                for button in buttons(row, request.staff, len(context["unsigned"]))
            ],
            "may_redraft": found.state in AGREEMENT["redraft"].sources,
            "missing": queries.missing(found),
        }
    else:
        context["may_draft"] = case.state == State.MEDIATING
    return render(request, "mediation/agreement.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def draft(request: SignedIn, key: UUID) -> HttpResponse:
    """Draft the agreement of a case."""
    case = case_of(key, request.staff)
    form, clauses = DraftForm(sent(request)), clause_forms(case, typed=sent(request))
    if request.method == "POST" and form.is_valid() and clauses.is_valid():
        given = {"oral": form.cleaned_data["oral"], **_typed(form, clauses)}
        try:
            actions.draft(case, **given, by=request.staff, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            return redirect("mediation:agreement", case.pk)
    return _draft_page(request, case, form, clauses)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def redraft(request: SignedIn, key: UUID) -> HttpResponse:
    """Change the draft of an agreement; signatures under it are void then."""
    found = row_of("redraft", key)
    case = case_of(found.case.pk, request.staff)
    if not isinstance(found, Agreement):
        raise Http404
    found.case = case
    form = DraftForm(sent(request), agreement=found)
    clauses = clause_forms(case, found, sent(request))
    if request.method == "POST" and form.is_valid() and clauses.is_valid():
        seen(found, form.cleaned_data["version"])
        try:
            actions.redraft(found, **_typed(form, clauses), by=request.staff, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            return redirect("mediation:agreement", case.pk)
    return _draft_page(request, case, form, clauses, found)


def _typed(form: DraftForm, clauses: Any) -> dict[str, Any]:
    rows = [row.clause() for row in clauses]
    return {"words": form.words(), "clauses": [one for one in rows if one]}


def _draft_page(
    request: SignedIn, case: Case, form: DraftForm, clauses: Any, found: Agreement | None = None
) -> HttpResponse:
    wrong = form.errors or (clauses.is_bound and not clauses.is_valid())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    signed = len(queries.signatures(found)) if found else 0
    context = {"case": case, "form": form, "clauses": clauses, "agreement": found, "n": signed}
    return render(request, "mediation/draft.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def agree(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Make the move ``name`` of an agreement or its confirmation; by GET show its form."""
    row = row_of(name, key)
    find_case = case_at_court if isinstance(row, Confirmation) else case_of
    case = find_case(row.case.pk, request.staff)
    back = "agreement" if rules.may_enter(request.staff, case, None) else "show"
    move = OF[name][name]
    if not getattr(rules, f"may_{name}")(request.staff, row):
        raise PermissionDenied(move.only)
    form = FORMS[name](sent(request), case=case, version=row.version)
    said, status = "", HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            seen(row, form.cleaned_data["version"])
            getattr(actions, name)(row, by=request.staff, at=now(), **form.given())
        except ValidationError as refused:
            tell(form, refused)
        except (MoveLost, MoveRefused) as lost:
            said, status = sentence(lost), HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Done: %(what)s") % {"what": move.label})
            return redirect(f"mediation:{back}", case.pk)
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"case": case, "move": move, "form": form, "said": said}
    context["back"] = reverse(f"mediation:{back}", args=[case.pk])
    return render(request, "mediation/agree.html", context, status=status)


@never_cache
@require_safe
@staff_only
def document(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Send the agreement, the application to the court or the pack as a PDF to the mediators."""
    case = case_of(key, request.staff)
    return pdf_answer(made(case, name, request.staff), f"{case.number}-{name}.pdf")


def made(case: Case, name: str, by: Any) -> bytes:
    """Return a paper of a case that ``by`` may read.

    :raises Http404: there is none, or it is not for them
    """
    at = now()
    if name == "pack":
        if not rules.may_read_pack(by, case):
            raise Http404
        return queries.pack(case, at)
    found = queries.agreement(case)
    if found is None or not rules.may_read_agreement(by, found):
        raise Http404
    if name == "agreement":
        return queries.agreement_paper(found, at)
    court = queries.confirmation(found)
    if court is None:
        raise Http404
    return queries.application_paper(court, at)

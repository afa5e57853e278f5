"""What a party does with an agreement, at court, after the end, and to get help: one plain page a move."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.base.fields import tell
from gongzhi.base.http import pdf_answer
from gongzhi.base.moves import seen
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.forms.agreements import FORMS, PressForm
from gongzhi.mediation.forms.closing import AskHelpForm, ReleaseForm
from gongzhi.mediation.models import Agreement, Case, Confirmation, Help, Term
from gongzhi.mediation.pages.agreements import about, made
from gongzhi.mediation.pages.finding import find_mine, sent
from gongzhi.mediation.states import AGREEMENT, CONFIRMATION, HELP, TERM, Draft, State
from gongzhi.parties import actions as parties
from gongzhi.parties.rules import Member

Row = Agreement | Term | Confirmation | Help


@never_cache
@require_safe
def my_agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a party the agreement, what it may do with it, and after the end what comes next."""
    party, me, case = find_mine(request, pk)
    found = queries.agreement(case)
    context: dict[str, Any] = {"party": party, "case": case}
    if found and rules.may_read_agreement(me, found):
        context |= {"agreement": found, **about(found)}
        left = [one.pk for one in context["unsigned"]]
        waits = me.side in left or (found.oral and not left)  # all said yes, and it was not noted
        context["to_sign"] = found.state == Draft.SIGNING and waits
        context["owed_to_me"] = [
            (term, list(TERM.open_from(term.state)), term.until < localdate())
            for term in context["terms"]
            if rules.may_receive(me, term)
        ]
        court = context["confirmation"]
        context["may_join"] = court and court.state == CONFIRMATION.initial
        context["joined"] = court and me.side.hex in court.joined
        context["may_take_back"] = court and court.state in CONFIRMATION["take_back"].sources
    if case.state == State.ENDED:
        context |= {"routes": queries.routes(case.kind), "released": queries.released(case)}
        context["may_pack"] = rules.may_read_pack(me, case)
    context["openings"] = queries.openings(case)
    context["visits"] = [one for one in queries.visits(case) if one.visited_id == me.side]
    context["kept"] = case.kept if case.state == State.ARCHIVED else None
    return render(request, "mediation/my_agreement.html", context)


@never_cache
@require_safe
def my_document(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Send a party the agreement, the application to the court, or the pack as a PDF."""
    _party, me, case = find_mine(request, pk)
    return pdf_answer(made(case, name, me), f"{case.number}-{name}.pdf")


@require_POST
def my_code(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Send a party the code with which it signs, or says yes."""
    if name not in ("sign", "affirm"):
        raise Http404
    party, me, _case = find_mine(request, pk)
    if parties.send_code(party, by=me, at=now()):
        messages.success(request, _("The code is on its way to you. It is good for 10 minutes."))
    else:
        messages.error(
            request,
            _("There is no way to send you a code: come to the committee and sign at the counter."),
        )
    return redirect(f"mediation:{name}", pk)


def _agreement(_key: UUID | None, case: Case, me: Member) -> Agreement:
    found = queries.agreement(case)
    if found is None or not rules.may_read_agreement(me, found):
        raise Http404
    return found


def _confirmation(key: UUID | None, case: Case, me: Member) -> Confirmation:
    court = queries.confirmation(_agreement(key, case, me))
    if court is None:
        raise Http404
    return court


def _term(key: UUID | None, case: Case, _me: Member) -> Term:
    related = ("agreement__case", "owed_by", "owed_to")
    found = Term.objects.select_related(*related).filter(pk=str(key), agreement__case=case).first()
    if found is None:
        raise Http404
    return found


def _help(key: UUID | None, _case: Case, me: Member) -> Help:
    mine = Help.objects.filter(pk=str(key), wanter=me.party)
    found = mine.select_related("wanter", "office").first()
    if found is None:
        raise Http404
    return found


FIND: dict[str, Callable[[UUID | None, Case, Member], Row]] = {
    "sign": _agreement,
    "affirm": _agreement,
    "join_in": _confirmation,
    "take_back": _confirmation,
    "receive": _term,
    "miss": _term,
    "drop_help": _help,
}
MOVES = {
    move.name: move
    for lifecycle in (AGREEMENT, CONFIRMATION, TERM, HELP)
    for move in lifecycle.moves
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_move(request: HttpRequest, pk: UUID, name: str, key: UUID | None = None) -> HttpResponse:
    """Make one move of a party: a page of its own, that says what it means."""
    party, me, case = find_mine(request, pk)
    row, move = FIND[name](key, case, me), MOVES[name]
    if not getattr(rules, f"may_{name}")(me, row):
        raise PermissionDenied(move.only)
    kind = FORMS.get(name, PressForm)
    form = kind(sent(request), case=case, version=row.version)
    back = "my_help" if isinstance(row, Help) else "my_agreement"
    if request.method == "POST" and form.is_valid():
        try:
            seen(row, form.cleaned_data["version"])
            getattr(actions, name)(row, by=me, at=now(), **form.given())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Done: %(what)s") % {"what": move.label})
            return redirect(f"mediation:{back}", pk)
    context = {"party": party, "case": case, "name": name, "move": move, "row": row, "form": form}
    context |= {"back": back, "needs_code": "code" in form.fields}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "mediation/my_move.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a party choose which of its own papers may go to whoever decides next."""
    party, me, case = find_mine(request, pk)
    own = {one.pk for one in queries.people(case) if me.side in (one.pk, one.acts_for_id)}
    form = ReleaseForm(sent(request), case=case, own=own)
    if request.method == "POST" and form.is_valid():
        try:
            actions.release(case, papers=form.cleaned_data["papers"], by=me, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Only what you chose goes on."))
            return redirect("mediation:my_agreement", pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"party": party, "case": case, "form": form}
    return render(request, "mediation/my_release.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_help(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer a party legal aid and psychological support, and show it its appointments; nobody else."""
    party, me, case = find_mine(request, pk)
    form = AskHelpForm(sent(request), case=case)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_help(case, **form.given(), by=me, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The office will name a day and a place."))
            return redirect("mediation:my_help", pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    helps = [(one, one.state in HELP["drop_help"].sources) for one in queries.helps_of(party)]
    context = {"party": party, "case": case, "form": form, "helps": helps}
    return render(request, "mediation/my_help.html", context, status=status)

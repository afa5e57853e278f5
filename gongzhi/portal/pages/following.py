"""Follow a matter: prove that it is one's own, read how it stands, say something."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import address
from gongzhi.advice.danger import danger_in, helps, words
from gongzhi.audit.actors import Actor
from gongzhi.base.http import TooMany
from gongzhi.base.ids import tidy_number
from gongzhi.base.moves import MoveLost, MoveRefused, seen
from gongzhi.matters import actions
from gongzhi.matters.actions.proving import prove_contact, prove_receipt, send_code
from gongzhi.matters.models import Matter
from gongzhi.matters.queries import by_contact, by_receipt
from gongzhi.matters.rules import holder
from gongzhi.parties import http as parties
from gongzhi.parties.models import Party
from gongzhi.parties.queries import by_receipt as party_by_receipt
from gongzhi.portal.forms import (
    MOVES,
    AddForm,
    CodeForm,
    ContactForm,
    FollowForm,
    JudgeForm,
    MoveForm,
    RateForm,
    ReopenForm,
    RestoreForm,
    WithdrawForm,
)
from gongzhi.portal.pages import proofs
from gongzhi.portal.queries.story import joined, standing, story, wrong_guesses
from gongzhi.portal.templatetags.portal import moment

ANYBODY = Actor(None, "requester")
MOST_MINE = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for number and receipt code, and open the matter they prove."""
    if request.method != "POST":
        return _ask(request, FollowForm(initial={"number": request.GET.get("number", "")[:40]}))
    form, at = FollowForm(request.POST), now()
    if not form.is_valid():
        return _ask(request, form, 422)
    number, code = form.cleaned_data["number"], form.cleaned_data["code"]
    before = wrong_guesses(tidy_number(number), at)
    try:
        who = address(request)
        found = prove_receipt(number, code, find=_opened, address=who, by=ANYBODY, at=at)
    except TooMany as fault:
        form.add_error(None, _locked(fault))
        return _ask(request, form, 429)
    if found and before:
        messages.warning(request, guessed(before))
    if isinstance(found, Matter):
        proofs.hold(request, found)
        return redirect("portal:show", found.pk)
    if isinstance(found, Party):
        parties.hold(request, found)
        return redirect(found)
    form.add_error(
        None, _("No matter has this number and this code. Compare both with your receipt.")
    )
    return _ask(request, form, 422)


def _opened(number: str, code: str) -> Matter | Party | None:
    """Return the matter that number and code open, or else the party of a sealed file."""
    return by_receipt(number, code) or party_by_receipt(number, code)


def guessed(n: int) -> str:
    """Return the sentence that tells of wrong codes."""
    return _(
        "In the last 24 hours a wrong code was tried for this matter (times: %(n)d). If that was "
        "not you: nobody got in, and nobody learned anything."
    ) % {"n": n}


def _locked(fault: TooMany) -> str:
    return _(
        "Too many codes were tried. You can try again from %(when)s on. With the telephone number or "
        "e-mail address you left, you can look it up at once."
    ) % {"when": moment(fault.free_at)}


def _ask(request: HttpRequest, form: FollowForm, status: int = 200) -> HttpResponse:
    held = request.session.get(proofs.FOLLOWS, [])
    mine = Matter.objects.filter(pk__in=held).with_names().order_by("-received_at") if held else ()
    said = {
        "form": form,
        "mine": mine,
        "files": parties.held(request),
        "by_contact": bool(request.session.get(proofs.CONTACT)),
    }
    return render(request, "portal/follow.html", said, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Ask for a telephone or e-mail address and send it a code, if something was raised with it."""
    form = ContactForm(request.POST or None)
    if request.method != "POST":
        return render(request, "portal/contact.html", {"form": form})
    status = 422
    if form.is_valid():
        try:
            whose = send_code(
                form.cleaned_data["contact"], address=address(request), by=ANYBODY, at=now()
            )
        except TooMany as fault:
            said = _("Codes were sent several times. You can ask for another from %(when)s on.")
            form.add_error(None, said % {"when": moment(fault.free_at)})
            status = 429
        else:
            request.session[proofs.ASKED] = whose
            return redirect("portal:contact_code")
    return render(request, "portal/contact.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code that was sent, and open the list of what was raised with that contact."""
    whose = request.session.get(proofs.ASKED)
    if not whose:
        return redirect("portal:contact")
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            code = form.cleaned_data["code"].strip()
            try:
                if prove_contact(whose, code, address=address(request), by=ANYBODY, at=now()):
                    return _let_in(request, whose)
                form.add_error("code", _("This is not the code, or it is older than 10 minutes."))
            except TooMany as fault:
                said = _("Too many codes were tried. You can try again from %(when)s on.")
                form.add_error(None, said % {"when": moment(fault.free_at)})
                status = 429
    return render(request, "portal/contact_code.html", {"form": form}, status=status)


def _let_in(request: HttpRequest, whose: str) -> HttpResponse:
    request.session.cycle_key()
    request.session.pop(proofs.ASKED, None)
    request.session[proofs.CONTACT] = whose
    return redirect("portal:mine")


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List what was raised with the contact that was proven, the latest first."""
    whose = request.session.get(proofs.CONTACT)
    if not whose:
        return redirect("portal:contact")
    at = now()
    found = list(by_contact(whose)[:MOST_MINE])
    rows = [(matter, standing(matter, at)) for matter in found]
    return render(request, "portal/mine.html", {"rows": rows})


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget on this device what could be followed from it."""
    proofs.forget(request)
    parties.forget(request)
    messages.success(request, _("This device no longer shows your matters."))
    return redirect("portal:follow")


@never_cache
@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one's own matter."""
    matter = proofs.proven(request, pk)
    if not matter:
        return redirect("portal:follow")
    return _show(request, matter, now())


def _show(
    request: HttpRequest,
    matter: Matter,
    at: datetime,
    sent: MoveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = story(matter, at)
    forms = {form.move: form(auto_id=f"{form.move}_%s") for form in MOVES}
    if sent:
        forms[sent.move] = sent
    said = {
        "matter": matter,
        "at": at,
        "story": told,
        "joined": joined(matter, at),
        "forms": {name: form for name, form in forms.items() if name in told.moves},
        "sent": sent.move if sent else "",
        "guessed": guessed(told.wrong_guesses) if told.wrong_guesses else "",
        "words": list(words()),
    }
    return render(request, "portal/show.html", said, status=status)


def _move(request: HttpRequest, pk: UUID, kind: type[MoveForm], done: str) -> HttpResponse:
    """Do a requester's move; where it fails show the page again with what was typed."""
    matter, at = proofs.must_prove(request, pk), now()
    form = kind(request.POST, request.FILES, auto_id=f"{kind.move}_%s")
    if not form.is_valid():
        return _show(request, matter, at, form, 422)
    try:
        seen(matter, form.cleaned_data["version"])
        getattr(actions, form.move)(matter, by=holder(matter), at=at, **form.said())
    except (MoveLost, MoveRefused) as fault:
        form.add_error(None, str(fault))
        return _show(request, proofs.must_prove(request, pk), at, form, 409)
    except ValidationError as fault:
        form.add_error(None, fault.messages)
        return _show(request, matter, at, form, 422)
    messages.success(request, done)
    return redirect("portal:show", matter.pk)


@never_cache
@require_POST
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add words and photographs, or answer a question."""
    danger = helps().get(danger_in(request.POST.get("words", "")))
    if danger:
        chinese = request.LANGUAGE_CODE.startswith("zh")
        messages.error(request, danger.sentence_zh if chinese else danger.sentence_en)
    return _move(request, pk, AddForm, _("Thank you. It is with those who work on the matter."))


@never_cache
@require_POST
def rate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that it is solved."""
    return _move(request, pk, RateForm, _("Thank you. The matter is closed."))


@never_cache
@require_POST
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that it is not solved."""
    return _move(
        request, pk, ReopenForm, _("It is taken up again. The first promised date is kept.")
    )


@never_cache
@require_POST
def judge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say of a matter that was joined to another whether it is solved."""
    return _move(request, pk, JudgeForm, _("Thank you. What you said was written down."))


@never_cache
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the matter back."""
    return _move(request, pk, WithdrawForm, _("Noted. You can undo this for 72 hours."))


@never_cache
@require_POST
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Undo a withdrawal."""
    return _move(request, pk, RestoreForm, _("Work on your matter goes on."))

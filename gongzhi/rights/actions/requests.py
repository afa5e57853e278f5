"""A person asks about their own data; the data officer answers by doing it, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Role
from gongzhi.accounts.queries import posts_of
from gongzhi.audit.actions import look, record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base import ids, text
from gongzhi.base.moves import MoveRefused, permitted, shift
from gongzhi.base.seal import seal
from gongzhi.deadlines.clocks import due
from gongzhi.deadlines.queries import default_days, kept_rule
from gongzhi.demands.queries import unsettled
from gongzhi.matters import actions as matters
from gongzhi.matters.actions.intake import ANONYMOUS, worded
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact, phone
from gongzhi.matters.words import EXAMINES
from gongzhi.notices.actions import tell_posts, tell_requester
from gongzhi.parties.actions import mend, tell
from gongzhi.parties.businesses import files_of
from gongzhi.parties.models import Party
from gongzhi.parties.reach import Way
from gongzhi.rights import queries, rules
from gongzhi.rights.models import ASKED_ALREADY, SubjectRequest, Whose
from gongzhi.rights.states import REQUEST, Sort
from gongzhi.rights.words import LETTERS

RULE = "rights.answer"
LONGEST = 2000
of_request = permitted(REQUEST, rules)


@transaction.atomic
def ask(
    whose: Whose,
    *,
    sort: str,
    words: str = "",
    contact: Contact = ANONYMOUS,
    by: Actor,
    at: datetime,
) -> SubjectRequest:
    """Ask to see, copy, put right, erase … what is held about who raised a matter, or about a party.

    The answer is due by the rule `RULE`: 《个人信息保护法》 art. 50 says “promptly”.

    :raises ValidationError: asked already and not answered yet; erased; no contact to put in place;
        nothing said of what to explain
    """
    if not rules.may_ask(by, whose):
        raise PermissionDenied(_("Only the person concerned may ask this, with the receipt code."))
    _check_asked(whose, sort, contact)
    said: dict[str, Any] = {
        "words": worded(words, longest=LONGEST) if sort == Sort.EXPLAIN else text.clean(words)
    }
    if len(said["words"]) > LONGEST:
        worded(words, longest=LONGEST)  # says how long it may be
    if sort == Sort.CORRECT:
        said["contact"] = {"name": contact.name, "phone": contact.phone, "email": contact.email}
    days = default_days()
    rule = kept_rule(RULE, at.astimezone(days.zone).date())
    if rule is None:
        raise ImproperlyConfigured(f"There is no rule “{RULE}”: run the command “seed”.")
    until, key = due(at, rule.limit, days), ids.uuid7()
    made = SubjectRequest(
        id=key,
        **_at(whose),
        sort=sort,
        sealed=seal(said, key.hex),
        asked_at=at,
        due_at=until.at,
        due_rule=rule,
        provisional=until.provisional,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as twice:
        raise ValidationError(ASKED_ALREADY) from twice
    facts = {"sort": sort, "due_at": until.at.isoformat(), "due_rule": str(rule)}
    record(made, verb="request.ask", by=by, at=at, first=True, facts=facts)
    _tell_officers(made, "rights.ask", by, at)
    _tell(whose, "rights_ask", at)
    return made


def _at(whose: Whose) -> dict[str, Any]:
    """Return the columns that say whose data a request is about."""
    if isinstance(whose, Party):
        return {"asker": whose, "chain": files_of(whose).chain(whose)}
    return {"matter": whose}


def _check_asked(whose: Whose, sort: str, contact: Contact) -> None:
    if queries.is_gone(whose, sort):
        raise ValidationError(_("Everything about you in this matter was erased already."))
    if sort not in Sort.values:
        raise ValidationError({"sort": _("Choose what you ask for.")})
    if sort == Sort.CORRECT:
        if contact == ANONYMOUS:
            raise ValidationError(
                {"phone": _("Write a name, a telephone number or an e-mail address.")}
            )
        if contact.phone:
            try:
                phone(contact.phone)
            except ValidationError as fault:
                raise ValidationError({"phone": fault.messages}) from fault


@of_request
def examine(request: SubjectRequest, *, by: Actor, at: datetime) -> None:
    """Begin to examine a request: from now on its words are open to the data officer; the look is told."""
    _press(request, "examine", by=by, at=at)
    look(request.whose.pk, purpose=EXAMINES, by=by, at=at)


@of_request
def grant(request: SubjectRequest, *, answer: str = "", by: Actor, at: datetime) -> None:
    """Do what was asked, and say so.

    :raises ValidationError: to be erased although the matter goes on or something holds it; nothing
        was explained
    """
    said, sort = request.said, request.sort
    if queries.is_gone(request.whose, sort):
        raise MoveRefused(_("Everything in this matter was erased: refuse, and say so."))
    if sort == Sort.EXPLAIN:
        answer = worded(answer, longest=LONGEST)
    if sort in DOES:
        DOES[sort](request, said, by, at)
    told = said | {"answer": text.clean(answer)[:LONGEST]}
    if sort == Sort.DELETE:  # of what was erased nothing is repeated
        told = {"answer": text.clean(answer)[:LONGEST]}
    _press(request, "grant", by=by, at=at, ended_at=at, sealed=seal(told, request.pk.hex))


@of_request
def refuse(request: SubjectRequest, *, answer: str, remedy: str, by: Actor, at: datetime) -> None:
    """Do not do it: the reason with its ground, and what the person can do against it.

    :raises ValidationError: no reason, or no remedy
    """
    told = {
        "answer": worded(answer, longest=LONGEST),
        "remedy": worded(remedy, longest=LONGEST),
    }
    sealed = seal(request.said | told, request.pk.hex)
    _press(request, "refuse", by=by, at=at, ended_at=at, sealed=sealed)


@of_request
def withdraw(request: SubjectRequest, *, by: Actor, at: datetime) -> None:
    """Take a request back."""
    _press(request, "withdraw", by=by, at=at, ended_at=at)
    _tell_officers(request, "rights.withdraw", by, at)


def _press(request: SubjectRequest, name: str, *, by: Actor, at: datetime, **changes: Any) -> None:
    shift(request, REQUEST, REQUEST[name], **changes)
    record(request, verb=f"request.{name}", by=by, at=at, facts={"sort": request.sort})
    _tell(request.whose, f"rights_{name}", at)


def _tell(whose: Whose, verb: str, at: datetime) -> None:
    """Write to the person by the way they left, if they left one and there is something to say."""
    if isinstance(whose, Party):
        if said := LETTERS.get(verb):
            tell(whose, said, verb=verb, by=SYSTEM, at=at)
        return
    tell_requester(whose, verb=verb, by=SYSTEM, at=at)


def _tell_officers(request: SubjectRequest, verb: str, by: Actor, at: datetime) -> None:
    chain = request.matter.chain if request.matter else request.chain
    officers = posts_of(Role.DATA_OFFICER, chain, at)
    link = reverse("rights:request", args=[request.pk])
    tell_posts(officers, verb=verb, label=request.whose.number, link=link, by=by, at=at)


def _correct(request: SubjectRequest, said: dict[str, Any], by: Actor, at: datetime) -> None:
    match request.whose:
        case Party() as party:  # what they leave empty stays, above all the only safe way and hours
            given = {name: value for name, value in said["contact"].items() if value}
            mend(party, reach=replace(party.reach, **given), by=by, at=at)
        case Matter() as matter:
            matters.correct_contact(matter, contact=Contact(**said["contact"]), by=by, at=at)


def _delete(request: SubjectRequest, _said: dict[str, Any], by: Actor, at: datetime) -> None:
    match request.whose:
        case Party() as party:
            files_of(party).erase(party, by=by, at=at)
            others = SubjectRequest.objects.filter(asker=party).exclude(pk=request.pk)
            others.update(
                sealed=None
            )  # of what they asked, only which was granted or refused is left
        case Matter() as matter:
            _erase(matter, by, at)


def _erase(matter: Matter, by: Actor, at: datetime) -> None:
    if not matter.is_ended:
        raise MoveRefused(
            _(
                "The matter is still worked on, for which the contact and the words are needed. Wait for "
                "its end, or refuse and say so: who raised it can take it back first."
            )
        )
    if held := queries.hold_of(matter, at):
        raise MoveRefused(
            _("The law wants it kept until %(day)s: %(ground)s. Refuse with this ground.")
            % {"day": held.until.isoformat(), "ground": held.ground}
        )
    if unsettled(matter).exists():
        raise MoveRefused(
            _(
                "An authority's order about this matter is not settled yet: settle it first, then erase."
            )
        )
    matters.erase(matter, by=by, at=at)


def _object(request: SubjectRequest, _said: dict[str, Any], by: Actor, at: datetime) -> None:
    match request.whose:
        case Party() as party:
            mend(party, reach=replace(party.reach, way=Way.NONE), by=by, at=at)
        case Matter() as matter:
            matters.silence(matter, by=by, at=at)


# What is done; to see, copy and explain opens a page or is the answer itself.
DOES: dict[str, Callable[[SubjectRequest, dict[str, Any], Actor, datetime], None]] = {
    Sort.CORRECT: _correct,
    Sort.DELETE: _delete,
    Sort.OBJECT: _object,
}

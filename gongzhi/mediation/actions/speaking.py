"""What is said and handed in in the rooms, and offers on their way to a settlement."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids
from gongzhi.base.moves import MoveLost, action, shift
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.uploads import Upload
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions.writing import (
    insert_first,
    lapse,
    of_offer,
    tell_mediators,
    tell_parties,
)
from gongzhi.mediation.models import LONGEST_WORDS, Acceptance, Case, Message, Offer
from gongzhi.mediation.states import OFFER, OPEN, Offered, State
from gongzhi.parties import actions as parties
from gongzhi.parties.models import Party
from gongzhi.parties.rules import Member


@action
def say(
    case: Case,
    *,
    room: UUID | None,
    words: str,
    uploads: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> Message:
    """Say something in a room, with papers: in the joint one while it is mediated, in one's own always.

    :raises ValidationError: no words, or the room is not open now
    """
    if not rules.may_enter(by, case, room):
        raise PermissionDenied(_("This room is not yours."))
    if case.state not in (OPEN if room else {State.MEDIATING}):
        raise ValidationError(_("Nothing can be said in this room at present."))
    key = ids.uuid7()
    said = {"text": worded(words, longest=LONGEST_WORDS), "by": by.label}
    author = _author(by)
    message = Message(
        id=key, sealed=seal(said, key.hex), case=case, room=room, author=author, at=at
    )
    insert(message)
    record(message, verb="message.say", by=by, at=at, first=True)
    for upload in uploads:
        parties.keep(case.pk, upload=upload, room=room, giver=author, by=by, at=at)
    tell_mediators(case, by=by, at=at)
    if author is None:
        tell_parties(case, only=_whose(case, room), by=by, at=at)
    return message


def _author(by: Actor) -> Party | None:
    return Party.objects.get(pk=by.party) if isinstance(by, Member) else None


def _whose(case: Case, room: UUID | None) -> Party | None:
    return Party.objects.get(pk=room, file=case.pk) if room else None


@action
def offer(
    case: Case,
    *,
    text: str,
    expires_at: datetime,
    to: Party | None = None,
    by: Actor,
    at: datetime,
) -> Offer:
    """Offer how it could be settled, to all others or to one party; open until it expires.

    :raises ValidationError: not in mediation, no words, a time that has passed, or to oneself
    """
    if not rules.may_offer(by, case):
        raise PermissionDenied(_("Only a party and the mediator of this case make offers."))
    made = _made(case, text, expires_at, to, by, at)
    insert(made)
    record(made, verb="offer.offer", by=by, at=at, first=True)
    _tell(made, by, at)
    return made


def _made(  # noqa: PLR0917
    case: Case, text: str, expires_at: datetime, to: Party | None, by: Actor, at: datetime
) -> Offer:
    maker = by.side if isinstance(by, Member) else None
    if case.state != State.MEDIATING:
        raise ValidationError(_("Offers are made while the case is in mediation."))
    if expires_at <= at:
        raise ValidationError({"expires_at": _("This time has passed: choose a later one.")})
    if to and (to.file != case.pk or to.acts_for_id or to.pk == maker):
        raise ValidationError({"to": _("Choose one of the other parties.")})
    key = ids.uuid7()
    return Offer(
        id=key,
        sealed=seal({"text": worded(text, longest=LONGEST_WORDS)}, key.hex),
        case=case,
        maker_id=maker,
        to=to,
        made_at=at,
        expires_at=expires_at,
    )


def _tell(made: Offer, by: Actor, at: datetime) -> None:
    tell_mediators(made.case, by=by, at=at)
    tell_parties(made.case, only=made.to, by=by, at=at, but=by)
    if made.to and made.maker and made.maker_id != getattr(by, "side", None):
        tell_parties(made.case, only=made.maker, by=by, at=at)  # who made it hears the answer


@of_offer
def take(offer: Offer, *, by: Member, at: datetime) -> None:
    """Accept an offer; it is accepted once all to whom it goes have.

    What was accepted binds nobody yet: the mediator writes the agreement, and all sign it.

    :raises ValidationError: its time has passed, or this party accepted it before
    :raises MoveLost: this party accepted it at the same moment
    """
    if offer.is_over(at):
        raise ValidationError(_("The time of this offer has passed. Ask for another."))
    if offer.acceptances.filter(giver=by.side).exists():
        raise ValidationError(_("You have accepted this offer already."))
    key = ids.uuid7()
    insert_first(Acceptance(id=key, offer=offer, giver_id=by.side, at=at))
    wanted = {one.pk for one in queries.sides(offer.case)} - {offer.maker_id}
    wanted = {offer.to_id} if offer.to_id else wanted
    done = set(offer.acceptances.values_list("giver_id", flat=True)) >= wanted
    _move(offer, "take", Offered.ACCEPTED if done else Offered.OPEN, at if done else None, by, at)


@of_offer
def reject(offer: Offer, *, by: Member, at: datetime) -> None:
    """Do not accept an offer; nobody has to say why."""
    _move(offer, "reject", "", at, by, at)


@of_offer
def retract(offer: Offer, *, by: Actor, at: datetime) -> None:
    """Take an offer back."""
    _move(offer, "retract", "", at, by, at)


@of_offer
def renew(offer: Offer, *, text: str, expires_at: datetime, by: Actor, at: datetime) -> Offer:
    """Put the next edition of an offer in its place, to the same party or parties.

    :raises ValidationError: not in mediation, no words, or a time that has passed
    """
    made = _made(offer.case, text, expires_at, offer.to, by, at)
    made.maker_id, made.edition, made.after = offer.maker_id, offer.edition + 1, offer
    _move(offer, "renew", "", at, by, at)
    insert(made)
    record(made, verb="offer.offer", by=by, at=at, first=True, facts={"edition": made.edition})
    return made


def _move(  # noqa: PLR0917
    offer: Offer, name: str, to: str, ended_at: datetime | None, by: Actor, at: datetime
) -> None:
    shift(offer, OFFER, OFFER[name], to=to, ended_at=ended_at)
    record(offer, verb=f"offer.{name}", by=by, at=at)
    _tell(offer, by, at)


def lapse_late(*, by: Actor, at: datetime) -> int:
    """Let every open offer lapse whose time has passed; return how many."""
    late = list(Offer.objects.filter(state=Offered.OPEN, expires_at__lte=at))
    for offer in late:
        with suppress(MoveLost), transaction.atomic():  # answered in the same moment
            lapse(offer, by=by, at=at)
    return len(late)

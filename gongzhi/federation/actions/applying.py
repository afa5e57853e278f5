"""What each parcel asks for, by the actions that people press here.

The level stands here as an office: what it says of our matter it does as that office.  Where a matter is
its own, it stands for who raised it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.advice.danger import danger_in
from gongzhi.audit.actors import SYSTEM
from gongzhi.exchange.models import Caller
from gongzhi.federation import readers
from gongzhi.federation.actions.telling import give_back, tell
from gongzhi.federation.models import Handed, Peer
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import actions as matters
from gongzhi.matters.actions import Report
from gongzhi.matters.actions.writing import tell_beside
from gongzhi.matters.models import Channel, Kind, Matter
from gongzhi.matters.queries import catalogue, complaint_kind, likely_kind
from gongzhi.matters.rules import Holder
from gongzhi.matters.states import MATTER, State
from gongzhi.places.atlas import at_point
from gongzhi.places.models import Place
from gongzhi.places.queries import by_code

LONGEST_REASON = 1000
TOLD_STATES = (State.DISPATCHED, State.HANDLING, State.ANSWERED, State.DEFERRED, State.MERGED)


@dataclass(frozen=True, slots=True)
class Parcelled:
    """What a parcel says of what is common, who says it, when it was done there and when it came."""

    shared: Handed
    body: readers.Body
    by: Caller
    at: datetime
    now: datetime

    @property
    def matter(self) -> Matter:
        return self.shared.matter

    @property
    def requester(self) -> Holder:
        """The level in the place of who raised the matter there."""
        return Holder(None, self.shared.peer.office.name, self.matter.pk)

    @property
    def words(self) -> str:
        return cast("readers.Said", self.body).text

    @property
    def reason(self) -> str:
        """What was written, or that nothing was, where a reason is needed."""
        return self.words[:LONGEST_REASON] or _("Nothing was written to it.")


# --- What the level says where the matter was raised: it is handled here.


def hand(
    ref: UUID, peer: Peer, body: readers.Hand, *, said_at: datetime, by: Caller, at: datetime
) -> None:
    """Receive what a level hands to us, under the number that it has there.

    Our steps count from when it reached us; the answer is promised as it is there.

    :raises ValidationError: it has been handed already, or it is a complaint that comes from above
    """
    if Handed.objects.filter(peer=peer, ref=ref).exists():
        raise ValidationError(_("It has been handed to us already."))
    if body.complaint and peer.is_above:
        raise ValidationError(
            _("A complaint about an office or its staff never goes down: it only goes up.")
        )
    today = localdate(at)
    report = Report(
        kind=_kind(body, today),
        text=body.text,
        place=_place(body, peer, today),
        channel=Channel.LEVEL,
        lat=body.lat,
        lon=body.lon,
        address=body.address,
        urgent=body.urgent or bool(body.danger),
        danger=danger_in(body.text),
        form_key=ref,
        synthetic=body.synthetic,
        about_office=peer.office if body.complaint else None,
        number="" if Matter.objects.filter(number=body.number).exists() else body.number,
        agreed_by=body.due,
    )
    matter = matters.receive(report, by=by, at=at).matter
    shared = Handed(
        ref=ref,
        peer=peer,
        matter=matter,
        is_ours=False,
        number=body.number,
        state=body.state or "",
        due_at=body.due,
        handed_at=said_at,
    )
    shared.save(force_insert=True)
    facts = {"peer": peer.office.code, "number": body.number}
    tell_beside(matter, "from_level", facts, by=SYSTEM, at=at)
    _fetch(shared, body.files, at)
    tell(shared, "kept", {"number": matter.number}, at=at)


def _kind(body: readers.Hand, on: date) -> Kind:
    if body.complaint:
        return complaint_kind(on)
    same = catalogue(on).get(body.kind)
    found = same if same and not same.sealed else likely_kind(body.text, on)
    if found is None:
        raise ValidationError(_("The catalogue is empty: seed it first."))
    return found


def _place(body: readers.Hand, peer: Peer, on: date) -> Place:
    point = at_point(body.lat, body.lon) if body.lat is not None and body.lon is not None else None
    return by_code(body.place, on) or point or peer.office.place


def _fetch(shared: Handed, files: list[readers.File], at: datetime) -> None:
    """Leave a job for each file, so that a large one holds up no word."""
    for one in files:
        args = {"shared": shared.pk.hex, "file": one.key.hex, "name": one.name, "stage": one.stage}
        enqueue("level_file", by=SYSTEM, at=at, key=shared.matter_id, args=args)


def _agree(said: Parcelled) -> None:
    """Keep the promise of the level that the matter is from."""
    if said.body.due and not said.shared.is_ours and not said.matter.is_ended:
        matters.agree(said.matter, until=said.body.due, by=SYSTEM, at=said.at)


def _add(said: Parcelled) -> None:
    if said.matter.state == State.MERGED:
        raise ValidationError(_("It is joined to another matter here."))
    matters.add(said.matter, words=said.words, by=said.requester, at=said.at)
    _fetch(said.shared, cast("readers.Said", said.body).files, said.now)
    _agree(said)


def _urge(said: Parcelled) -> None:
    if said.matter.state in MATTER["add"].sources:
        words = _("Urged: %(words)s") % {"words": said.reason}
        matters.add(said.matter, words=words, by=said.requester, at=said.at)


def _again(said: Parcelled) -> None:
    """Take it up again, with what is promised there now; where it is in hand anyway, that alone."""
    state = said.matter.state
    if state == State.WITHDRAWN:
        matters.restore(said.matter, by=said.requester, at=said.at)
    if said.body.due:
        matters.agree(said.matter, until=said.body.due, by=SYSTEM, at=said.at)
    if state in MATTER["reopen"].sources:
        matters.reopen(said.matter, reason=said.reason, by=said.requester, at=said.at)
    elif said.words:
        _urge(said)


def _recall(said: Parcelled) -> None:
    """End what stands here for a matter that its own level takes back."""
    state = said.matter.state
    if state in MATTER["withdraw"].sources:
        matters.withdraw(said.matter, reason=said.words[:500], by=said.requester, at=said.at)
    elif state == State.RESOLVED:
        matters.close(said.matter, by=SYSTEM, at=said.at)


def _restore(said: Parcelled) -> None:
    if said.matter.state == State.WITHDRAWN:
        matters.restore(said.matter, by=said.requester, at=said.at)
    _agree(said)


def _closed(said: Parcelled) -> None:
    """End it as it ended there; how satisfied somebody was stays there."""
    state, solved = said.matter.state, cast("readers.Closed", said.body).solved
    if state == State.RESOLVED and solved:
        matters.rate(said.matter, by=said.requester, at=said.at)
    elif state == State.RESOLVED:
        matters.close(said.matter, by=SYSTEM, at=said.at)
    elif state in MATTER["withdraw"].sources:
        matters.withdraw(said.matter, by=said.requester, at=said.at)


# --- What the level says where it is handled: it was raised here.


def _kept(said: Parcelled) -> None:
    number = cast("readers.Kept", said.body).number
    Handed.objects.filter(pk=said.shared.pk).update(number=number)


def _taken(said: Parcelled) -> None:
    """Let it be acknowledged, as everything else that the level says presupposes."""
    if said.matter.state == State.DISPATCHED:
        matters.acknowledge(said.matter, by=said.by, at=said.at)


def _progress(said: Parcelled) -> None:
    _taken(said)
    matters.handle(said.matter, words=said.words, tell=True, by=said.by, at=said.at)
    _fetch(said.shared, cast("readers.Said", said.body).files, said.now)


def _ask(said: Parcelled) -> None:
    _taken(said)
    matters.ask(said.matter, question=said.words, by=said.by, at=said.at)


def _extend(said: Parcelled) -> None:
    _taken(said)
    more = cast("readers.More", said.body)
    matters.extend(
        said.matter,
        work_days=more.work_days,
        reason=more.reason[:LONGEST_REASON],
        by=said.by,
        at=said.at,
    )


def _answer(said: Parcelled) -> None:
    _taken(said)
    body = cast("readers.Answered", said.body)
    matters.answer(said.matter, words=body.text, ground=body.ground, by=said.by, at=said.at)
    _fetch(said.shared, body.files, said.now)


def _return(said: Parcelled) -> None:
    """Put it back with the dispatcher: the level does not do it, and says why."""
    _give_back(said, said.reason)


def _give_back(said: Parcelled, why: str) -> None:
    give_back(said.matter, why[:LONGEST_REASON], by=said.by, at=said.at)
    Handed.objects.filter(pk=said.shared.pk).update(ended_at=said.now)


# --- What either says.


def _state(said: Parcelled) -> None:
    """Show how it stands there; and where the promise moved, promise the same here."""
    is_news = said.body.state in TOLD_STATES if said.shared.is_ours else bool(said.words)
    if said.body.state and is_news:
        facts = {"peer": said.shared.peer.office.code, "state": said.body.state.value}
        told = {"text": said.words} if said.words else {}
        tell_beside(said.matter, "level", facts, told=told, by=SYSTEM, at=said.at)
    _agree(said)


def _lost(said: Parcelled) -> None:
    """Show what the level could not do; what it cannot take at all goes back to the dispatcher."""
    body = cast("readers.Lost", said.body)
    facts, told = {"peer": said.shared.peer.office.code}, {"text": body.why}
    tell_beside(said.matter, "level_lost", facts, told=told, by=SYSTEM, at=said.at)
    if body.verb == "hand":
        _give_back(said, body.why)


APPLY: dict[str, Callable[[Parcelled], None]] = {
    "add": _add,
    "urge": _urge,
    "again": _again,
    "recall": _recall,
    "restore": _restore,
    "closed": _closed,
    "kept": _kept,
    "take": _taken,
    "progress": _progress,
    "ask": _ask,
    "extend": _extend,
    "answer": _answer,
    "return": _return,
    "state": _state,
    "lost": _lost,
}

"""What happens here to a matter that is common becomes parcels for the other end, in its order.

Each entry of a history has its job, and the parcel is written in the transaction in which that job
goes: so each is told once, whoever is killed when.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import F

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.models import Entry
from gongzhi.base.ids import uuid7
from gongzhi.federation import queries, rules
from gongzhi.federation.models import Handed, Parcel, Peer
from gongzhi.matters.actions import send_back
from gongzhi.matters.actions.writing import tell_beside
from gongzhi.matters.models import Answer, Attachment, Matter, Message
from gongzhi.matters.states import MATTER

Body = dict[str, Any]
MOST_FILES = 30


def follow(key: UUID, seq: int, *, by: Actor, at: datetime) -> None:
    """Tell those who have a matter in common with us of an entry of its history, and hand it over.

    One query for a matter that nobody has in common with us; the matter is read where something is told.
    """
    if not rules.may_send(by):
        raise PermissionDenied
    shared = list(Handed.objects.filter(matter=key, ended_at=None))
    entry = Entry.objects.filter(subject=key, seq=seq).first() if shared or _are_levels() else None
    if entry is None:
        return
    verb = entry.verb.removeprefix("matter.")
    for one in shared:
        _tell_of(one, verb, entry, at)
    if verb == "dispatch":
        _hand(key, entry, at)


def _are_levels() -> bool:
    return Peer.objects.exists()


# --- Handing over.


def _hand(key: UUID, entry: Entry, at: datetime) -> None:
    """Hand a matter to the level whose office it was dispatched to, if it is one's."""
    peer = Peer.objects.filter(office__code=entry.facts.get("office")).first()
    if peer is None:
        return
    matter = Matter.objects.get(pk=key)
    if peer.office_id != matter.office_id:
        return
    if Handed.objects.filter(matter=matter, peer=peer, is_ours=True, ended_at=None).exists():
        return
    if why := queries.why_not(matter, peer):  # it became so since it was dispatched
        facts = {"peer": peer.office.code}
        tell_beside(matter, "level_lost", facts, told={"text": why}, by=SYSTEM, at=at)
        give_back(matter, why, by=SYSTEM, at=at)
        return
    handed = Handed(peer=peer, matter=matter, is_ours=True, handed_at=entry.at)
    handed.save(force_insert=True)
    tell(handed, "hand", _whole(matter), at=entry.at)
    tell_beside(matter, "hand", {"peer": peer.office.code}, by=SYSTEM, at=at)


def _whole(matter: Matter) -> Body:
    """Return what the other end needs to handle it: nothing of who raised it."""
    body: Body = {
        "number": matter.number,
        "kind": matter.kind_code,
        "text": matter.text,
        "place": matter.chain.rstrip("/").rpartition("/")[2],
        "lat": matter.lat,
        "lon": matter.lon,
        "address": matter.address,
        "urgent": matter.urgent,
        "danger": matter.danger,
        "complaint": rules.is_complaint(matter),
        "synthetic": matter.synthetic or None,
    }
    return body | _files(matter, *queries.OF_OURS)


def give_back(matter: Matter, why: str, *, by: Actor, at: datetime) -> None:
    """Put a matter that cannot be handed over back with the dispatcher."""
    if matter.state in MATTER["send_back"].sources:
        send_back(matter, reason=why, by=rules.giving_back(by, matter), at=at)


# --- Telling of what happened.


def _tell_of(handed: Handed, verb: str, entry: Entry, at: datetime) -> None:
    """Tell one level of one entry: in words of its own where it has some, else that the state is another."""
    says = (RAISED_HERE if handed.is_ours else HANDLED_HERE).get(verb)
    said = says(handed, entry) if says else None
    moved = entry.facts.get("to") != entry.facts.get("from") and "to" in entry.facts
    if said is None and (moved or "answer_by" in entry.facts):
        said = "state", _named(handed, verb)
    if said:
        name, body = said
        tell(handed, name, body, state=str(entry.facts.get("to", "")), at=entry.at)
    if verb in ENDS[handed.is_ours]:
        Handed.objects.filter(pk=handed.pk).update(ended_at=at)


def _named(handed: Handed, verb: str) -> Body:
    """Return which office of ours has it, where that is new: it is public who works on a matter."""
    office = handed.matter.office if verb in ("dispatch", "take_over") else None
    return {"text": office.name} if office else {}


def tell(handed: Handed, verb: str, body: Body, *, state: str = "", at: datetime) -> Parcel:
    """Write a parcel of what is common; ``state`` and the promise of the moment go with it."""
    matter = handed.matter
    body = {key: value for key, value in body.items() if value not in (None, "", [])}
    body["state"] = state or matter.state
    if handed.is_ours and matter.answer_by:
        body["due"] = matter.answer_by.isoformat()
    parcel = write(handed.peer_id, handed.ref, verb, body, at)
    row = Handed.objects.filter(pk=handed.pk)
    told = row.values_list("told", flat=True).get()
    row.update(n_told=F("n_told") + 1, told=queries.linked(told, parcel.digest))
    return parcel


def write(peer: UUID, ref: UUID, verb: str, body: Body, at: datetime) -> Parcel:
    """Write the next parcel to a level; until this transaction ends nobody else writes one to it."""
    rows = Peer.objects.filter(pk=peer)
    rows.update(n_told=F("n_told") + 1)
    parcel = Parcel(
        id=uuid7(),
        peer_id=peer,
        is_ours=True,
        seq=rows.values_list("n_told", flat=True).get(),
        ref=ref,
        verb=verb,
        body=body,
        digest=queries.digest(ref, verb, at, body),
        at=at,
    )
    parcel.save(force_insert=True)
    return parcel


class StillWritten(Exception):  # noqa: N818
    """A photo is being written anew at this moment; the job that asks comes again in seconds."""


def _files(matter: Matter, *stages: str, since: datetime | None = None) -> Body:
    """Return which files can be fetched (one query).

    :raises StillWritten: one will be in a moment
    """
    found = Attachment.objects.filter(matter=matter, stage__in=stages)
    kept = list((found.filter(at__gte=since) if since else found).order_by("at", "pk"))
    if any(one.raw for one in kept):
        raise StillWritten(matter.number)
    files = [
        {"key": one.pk.hex, "name": one.name, "stage": one.stage}
        for one in kept
        if one.file and one.checked in queries.SHOWABLE
    ][:MOST_FILES]
    return {"files": files} if files else {}


Says = Callable[[Handed, Entry], tuple[str, Body] | None]


def _said(verb: str, *names: str) -> Says:
    """Return who tells the words of an entry under ``verb``."""

    def says(_handed: Handed, entry: Entry) -> tuple[str, Body]:
        words = "\n".join(str(entry.told[name]) for name in names if entry.told.get(name))
        return verb, {"text": words}

    return says


def _added(handed: Handed, entry: Entry) -> tuple[str, Body]:
    files = _files(handed.matter, Attachment.Stage.ADDED, since=entry.at)
    return "add", {"text": entry.told.get("text", "")} | files


def _again(handed: Handed, entry: Entry) -> tuple[str, Body]:
    """Tell that it is to be done again, or that it is taken back where another is to do it."""
    is_theirs = handed.matter.office_id == handed.peer.office_id
    return "again" if is_theirs else "recall", {"text": entry.told.get("reason", "")}


def _closed(handed: Handed, _entry: Entry) -> tuple[str, Body]:
    return "closed", {"solved": handed.matter.solved}


def _progress(handed: Handed, entry: Entry) -> tuple[str, Body] | None:
    """Tell what the requester was told; what colleagues note for one another stays here."""
    told = Message.objects.filter(matter=handed.matter, sort=Message.Sort.TOLD, at=entry.at)
    words = told.values_list("text", flat=True).first()
    return ("progress", {"text": words}) if words else None


def _more(_handed: Handed, entry: Entry) -> tuple[str, Body]:
    return "extend", {"work_days": entry.facts["work_days"], "reason": entry.told.get("reason", "")}


def _answered(handed: Handed, _entry: Entry) -> tuple[str, Body] | None:
    return _answer_of(handed.matter)


def _joined(handed: Handed, _entry: Entry) -> tuple[str, Body] | None:
    """Tell the answer to the matter that it was joined to, which has ended."""
    into = handed.matter.merged_into
    return _answer_of(into) if into else None


def _answer_of(matter: Matter) -> tuple[str, Body] | None:
    last = Answer.objects.filter(matter=matter).order_by("-at", "-pk").first()
    if last is None:
        return None
    files = _files(matter, *queries.OF_THEIRS, since=matter.counted_from)
    return "answer", {"text": last.text, "ground": last.ground} | files


RAISED_HERE: dict[str, Says] = {
    "add": _added,
    "withdraw": _said("recall", "text"),
    "restore": lambda _handed, _entry: ("restore", {}),
    "send_back": _said("recall", "reason"),
    "force_close": _said("recall", "reason"),
    "merge": _said("recall", "text"),
    "reopen": _again,
    "rework": _again,
    "rate": _closed,
    "close": _closed,
    "urge": _said("urge", "text"),
    "supervise": _said("urge", "instruction"),
    "insist": _said("urge", "instruction"),
    "deny": _said("state", "reason"),
}
HANDLED_HERE: dict[str, Says] = {
    "accept": lambda _handed, _entry: ("take", {}),
    "refuse": _said("return", "reason", "remedy"),
    "force_close": _said("return", "reason", "remedy"),
    "handle": _progress,
    "defer": _said("progress", "reason"),
    "ask": _said("ask", "question"),
    "grant": _more,
    "inspect": _answered,
    "end_joined": _joined,
}
# After these nothing more is said of it.
ENDS: dict[bool, frozenset[str]] = {
    True: frozenset({"send_back", "merge"}),
    False: frozenset({"refuse", "force_close"}),
}

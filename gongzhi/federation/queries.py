"""Levels and how we stand with them; what is common; what our ledger says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from gongzhi.accounts.queries import staff
from gongzhi.base.kept import kept
from gongzhi.exchange.models import Caller
from gongzhi.federation import rules
from gongzhi.federation.models import Handed, Parcel, Peer
from gongzhi.federation.states import State
from gongzhi.matters.models import Attachment, Matter

# What a scanner has not seen yet, or found harmful, does not leave.
SHOWABLE = (Attachment.Checked.CLEAN, "")
OF_OURS = (Attachment.Stage.REPORT, Attachment.Stage.ADDED)
OF_THEIRS = (Attachment.Stage.AFTER,)
AT_ONCE = 500  # rows of a ledger in one answer
SHOWN = 50


@kept(seconds=10)
def offices() -> dict[UUID, Peer]:
    """Return the levels by the office that stands for each; kept ten seconds."""
    return {one.office_id: one for one in Peer.objects.all()}


def peers() -> list[Peer]:
    """Return all levels, those above first, with how many of their parcels could not be done."""
    faults = Count("parcels", filter=Q(parcels__fault__gt=""))
    found = Peer.objects.select_related("office", "client__account").annotate(n_faults=faults)
    return list(found.order_by("-is_above", "office__code"))


def by_client(client: UUID) -> Peer | None:
    """Return the level that calls us as a client (one query)."""
    return Peer.objects.select_related("office__place").filter(client=client).first()


def as_caller(peer: Peer, at: datetime) -> Caller:
    """Return a level as an actor with its post, as when it calls (two queries)."""
    held = staff(peer.client.account, at)
    return Caller(held.id, held.label, held.posts, peer.client_id)


def to_send(at: datetime) -> QuerySet[Peer]:
    """Return the levels that can be sent something now."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    may = Q(again_at=None) | Q(again_at__lte=at)
    waits = Peer.objects.filter(free, may, state=State.ACTIVE, n_told__gt=F("n_taken"))
    return waits.exclude(sealed=None).order_by("met_at", "pk")


def waiting(peer: Peer, most: int) -> list[Parcel]:
    """Return the first of our parcels that are not kept there (one query)."""
    found = Parcel.objects.filter(peer=peer, is_ours=True, seq__gt=peer.n_taken)
    return list(found.order_by("seq")[:most])


def faults(peer: Peer) -> list[Parcel]:
    """Return the latest parcels, ours and theirs, that could not be done (one query)."""
    found = Parcel.objects.filter(peer=peer, fault__gt="")
    return list(found.order_by("-seq")[:SHOWN])


def count(peer: Peer) -> int:
    """Return how many matters we have in common with a level (one query)."""
    return Handed.objects.filter(peer=peer).count()


def common(peer: Peer, ref: UUID) -> Handed | None:
    """Return what we have in common with a level under a key (one query)."""
    found = Handed.objects.select_related("matter").filter(peer=peer, ref=ref).first()
    if found:
        found.peer = peer
    return found


def shared(key: UUID) -> Handed | None:
    """Return what is in common with some level, by our own key (one query)."""
    return Handed.objects.select_related("matter__office", "peer__office").filter(pk=key).first()


def of_matter(matter: UUID) -> list[Handed]:
    """Return what a matter has in common with levels, the latest first (one query)."""
    found = Handed.objects.select_related("peer__office").filter(matter=matter)
    return list(found.order_by("-handed_at", "-pk"))


def from_level(matter: UUID) -> Handed | None:
    """Return by whom a matter was handed to us, if it was and is (one query)."""
    found = Handed.objects.filter(matter=matter, is_ours=False, ended_at=None)
    return found.select_related("peer__office").first()


def why_not(matter: Matter, peer: Peer) -> str:
    """Return why a matter cannot be handed to a level, or ""."""
    if peer.state != State.ACTIVE:
        return _("We do not exchange with this level at present: it is paused.")
    if not rules.may_go(matter, peer):
        if rules.is_complaint(matter):
            return _("A complaint about an office or its staff never goes down: it only goes up.")
        return _("This matter is sealed or kept from somebody: it stays in this house.")
    if Handed.objects.filter(matter=matter, peer=peer, is_ours=False, ended_at=None).exists():
        return _("It comes from there: give it back by not accepting it, with the reason.")
    return ""


def sent_file(shared: Handed, key: UUID) -> Attachment | None:
    """Return a file that the other end may fetch: what was raised with ours, or shows the result of theirs."""
    stages = OF_OURS if shared.is_ours else OF_THEIRS
    found = Attachment.objects.filter(
        matter=shared.matter_id, stage__in=stages, checked__in=SHOWABLE
    )
    return found.filter(pk=key).exclude(file="").first()


def digest(ref: UUID, verb: str, at: datetime, body: dict[str, Any]) -> str:
    """Return what a parcel comes to, the same at both ends."""
    said = [ref.hex, verb, at.isoformat(), body]
    plain = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def linked(before: str, digest: str) -> str:
    """Return the digest over all parcels of a matter, with one more."""
    return hashlib.sha256(f"{before}{digest}".encode()).hexdigest()


def ledger(peer: Peer, after: UUID | None) -> list[Handed]:
    """Return what we have in common with a level, by key, from ``after`` on (one query)."""
    found = Handed.objects.filter(peer=peer).select_related("matter").order_by("ref")
    heavy = "matter__text", "matter__title", "matter__address"
    return list((found.filter(ref__gt=after) if after else found).defer(*heavy)[:AT_ONCE])


def row(one: Handed) -> dict[str, Any]:
    """Return a line of our ledger, as it is told to the other end."""
    due = one.matter.answer_by
    return {
        "ref": one.ref.hex,
        "ours": one.is_ours,
        "told": [one.n_told, one.told],
        "heard": [one.n_heard, one.heard],
        "state": one.matter.state,
        "number": one.matter.number,
        "due": due.isoformat() if due else None,
        "ended": bool(one.ended_at),
    }


def differs(ours: dict[str, Any] | None, theirs: dict[str, Any] | None) -> str:
    """Return in what two lines of the same matter differ, or "": what each told the other has heard.

    The promise is compared where the matter is open at both ends.  What the other end could not take at
    all is known at one end alone, and has ended there.
    """
    if ours is None or theirs is None:
        known = ours or theirs or {}
        return "" if known.get("ended") else ("here" if ours else "there")
    if ours["told"] != theirs["heard"]:
        return "told"
    if ours["heard"] != theirs["told"]:
        return "heard"
    if ours["ours"] == theirs["ours"]:
        return "sides"
    promised = ours["due"] and theirs["due"] and not (ours["ended"] or theirs["ended"])
    if promised and moment(ours["due"]) != moment(theirs["due"]):
        return "due"
    return ""


def moment(said: str) -> datetime:
    """Return a time that a ledger tells."""
    return datetime.fromisoformat(said)


def numbers(peer: Peer, refs: Iterable[UUID]) -> dict[UUID, str]:
    """Return our numbers of what is common with a level, by key (one query)."""
    found = Handed.objects.filter(peer=peer, ref__in=list(refs))
    return dict(found.values_list("ref", "matter__number"))

"""Both ledgers of what two installations have in common are laid side by side."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.post import NotTaken
from gongzhi.federation import backends, queries, rules
from gongzhi.federation.models import LONGEST_FAULT, Peer
from gongzhi.jobs.actions import enqueue
from gongzhi.jobs.models import Job

MOST_SHOWN = 50
ROUNDS = 400  # of `queries.AT_ONCE` lines: 200,000 matters


class Found(TypedDict):
    """What a comparison found: how many are the same, which differ and in what, or why it failed."""

    same: int
    differ: list[list[str]]
    n_differ: int
    fault: str


def ask_compare(peer: Peer, *, by: Actor, at: datetime) -> None:
    """Leave a job to compare both ledgers, unless one waits."""
    if not rules.may_compare(by, peer):
        raise PermissionDenied(_("Only an administrator looks after the levels."))
    if not Job.objects.filter(topic="level_compare", key=peer.pk, failed_at=None).exists():
        enqueue("level_compare", by=by, at=at, key=peer.pk)


def compare(peer: Peer, *, by: Actor, at: datetime) -> Found:  # noqa: ARG001
    """Lay both ledgers side by side, outside any transaction; a fault of theirs is told, not raised.

    What is under way at this moment may differ: it is counted only where nothing waits at either end.
    """
    if not rules.may_send(by):
        raise PermissionDenied
    found, after = Found(same=0, differ=[], n_differ=0, fault=""), None
    try:
        for _round in range(ROUNDS):
            ours = {one.ref.hex: queries.row(one) for one in queries.ledger(peer, after)}
            theirs = {str(row.get("ref")): row for row in backends.ledger(peer.line, after)}
            refs = _up_to(ours, theirs)
            for ref in refs:
                _note(found, ref, ours.get(ref), theirs.get(ref))
            if not refs:
                break
            after = UUID(refs[-1])
    except (NotTaken, OSError, ValueError, KeyError) as fault:
        found["fault"] = (str(fault) or type(fault).__name__)[:LONGEST_FAULT]
    _name(peer, found)
    return found


def _up_to(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return the keys that both answers reach: a full answer says nothing of what comes after it."""
    full = [max(rows) for rows in (ours, theirs) if len(rows) >= queries.AT_ONCE]
    last = min(full) if full else "g"  # after every digit
    return sorted(ref for ref in {*ours, *theirs} if ref <= last)


def _note(found: Found, ref: str, ours: Any, theirs: Any) -> None:
    what = queries.differs(ours, theirs)
    if not what:
        found["same"] += 1
        return
    found["n_differ"] += 1
    if len(found["differ"]) < MOST_SHOWN:
        found["differ"].append([ref, what])


def _name(peer: Peer, found: Found) -> None:
    """Put our numbers in the place of keys."""
    known = queries.numbers(peer, (UUID(ref) for ref, _what in found["differ"]))
    found["differ"] = [[known.get(UUID(ref), ref), what] for ref, what in found["differ"]]


def note_compared(peer: Peer, found: Found, *, by: Actor, at: datetime) -> None:
    """Keep what a comparison found."""
    if not rules.may_send(by):
        raise PermissionDenied
    Peer.objects.filter(pk=peer.pk).update(compared_at=at, compared=found)

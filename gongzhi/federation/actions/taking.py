"""Parcels of a level are kept in their order, each once, and what they ask for is done.

Keeping a parcel and its effect are one transaction.  What cannot be done holds up nothing: it is kept
with the reason, the other end is told, and people see it at both ends.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.audit.models import Entry
from gongzhi.base.http import sentence
from gongzhi.base.ids import uuid7
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.exchange.models import Caller
from gongzhi.federation import queries, readers, rules
from gongzhi.federation.actions.applying import APPLY, Parcelled, hand
from gongzhi.federation.actions.telling import ENDS, tell, write
from gongzhi.federation.models import LONGEST_FAULT, Handed, Parcel, Peer
from gongzhi.federation.readers import FROM_HANDLING, TO_HANDLE, Unreadable, Wire
from gongzhi.federation.states import ONLY, State

log = logging.getLogger(__name__)
TOGETHER = 20  # parcels in one transaction: nobody else who writes waits long for so many
AFTER_END = ("kept", "state", "lost")  # what may be said of what was taken back meanwhile
REFUSALS = (ValidationError, MoveRefused, PermissionDenied, Unreadable)


class Forked(Exception):  # noqa: N818  told to who sent it
    """Another parcel was kept under this number: one end was put back to an older copy."""


class Paused(Exception):  # noqa: N818  told to who sent it
    """We do not exchange at present; nothing is lost by that."""


def take(peer: Peer, parcels: Sequence[Wire], *, by: Caller, at: datetime) -> int:
    """Keep the parcels of a level that are the next, in their order; return how many are kept in all.

    What was kept already is passed over; where one is missing nothing further is kept.

    :raises PermissionDenied: ``by`` is another installation
    :raises Paused: see there
    :raises Forked: see there
    :raises MoveLost: somebody moves the matter of the next one at this moment: it is sent again
    :raises DatabaseError: likewise
    """
    if not rules.may_tell(by, peer):
        raise PermissionDenied(_("Only the installation of this level may say something for it."))
    if peer.state != State.ACTIVE:
        raise Paused(_("The exchange is paused here: send it later, nothing is lost."))
    n = peer.n_heard
    for first in range(0, len(parcels), TOGETHER):
        some = parcels[first : first + TOGETHER]
        n = _take_some(peer, some, by, at)
        if n < some[-1].seq:
            break
    Peer.objects.filter(pk=peer.pk, again_at__gt=at).update(again_at=None)  # it is there again
    return n


@transaction.atomic
def _take_some(peer: Peer, parcels: Sequence[Wire], by: Caller, at: datetime) -> int:
    """Keep the next of some parcels, until one has to be sent again; return how many are kept in all."""
    fresh = Peer.objects.select_for_update().select_related("office__place").get(pk=peer.pk)
    before = fresh.n_heard
    for parcel in parcels:
        try:
            with transaction.atomic():
                _take(fresh, parcel, by, at)
        except (MoveLost, DatabaseError):
            if fresh.n_heard == before:
                raise
            break
    if fresh.n_heard > before:
        Peer.objects.filter(pk=peer.pk).update(n_heard=fresh.n_heard)
    return fresh.n_heard


def _take(peer: Peer, wire: Wire, by: Caller, at: datetime) -> None:
    """Keep one parcel if it is the next, and do what it asks for."""
    said_at = wire.at.astimezone(UTC)
    digest = queries.digest(wire.ref, wire.verb, said_at, wire.body)
    if wire.seq <= peer.n_heard:
        known = Parcel.objects.filter(peer=peer, is_ours=False, seq=wire.seq)
        if known.values_list("digest", flat=True).first() not in (digest, None):
            raise Forked(
                _(
                    "Another parcel was kept under this number: one of us was put back to an older copy."
                )
            )
    if wire.seq != peer.n_heard + 1:
        return
    kept = Parcel(
        id=uuid7(),
        peer=peer,
        is_ours=False,
        seq=wire.seq,
        ref=wire.ref,
        verb=wire.verb,
        body=wire.body,
        digest=digest,
        at=said_at,
        done_at=at,
    )
    kept.fault = _done(kept, peer, by, at)
    kept.save(force_insert=True)
    _note_heard(kept)
    if kept.fault:
        _say_lost(kept, at)
    peer.n_heard = wire.seq


def _done(kept: Parcel, peer: Peer, by: Caller, at: datetime) -> str:
    """Do what a parcel asks for; return why it could not be done, or "".

    :raises MoveLost: somebody moves the matter at this moment: it is sent again
    :raises DatabaseError: likewise
    """
    try:
        with transaction.atomic():
            _apply(kept, peer, by, at)
    except REFUSALS as fault:
        return _why(fault)
    except MoveLost:
        raise
    except DatabaseError as fault:
        if not isinstance(fault, IntegrityError):
            raise
        return _broken(kept, fault)
    except Exception as fault:  # noqa: BLE001  one parcel shall hold up no other
        return _broken(kept, fault)
    return ""


def _why(fault: Exception) -> str:
    if isinstance(fault, Unreadable):
        return (_("It is not as described: %(where)s.") % {"where": fault})[:LONGEST_FAULT]
    said = sentence(fault) if isinstance(fault, ValidationError) else str(fault)
    return (said or _("It may not be done here."))[:LONGEST_FAULT]


def _broken(kept: Parcel, fault: Exception) -> str:
    log.error("parcel %s %s failed", kept.seq, kept.verb, exc_info=fault)
    return type(fault).__name__


def _apply(kept: Parcel, peer: Peer, by: Caller, at: datetime) -> None:
    body = readers.body_of(kept.verb, kept.body)
    if isinstance(body, readers.Hand):
        hand(kept.ref, peer, body, said_at=kept.at, by=by, at=at)
        return
    shared = queries.common(peer, kept.ref)
    if shared is None:
        raise ValidationError(_("We have no such matter in common."))
    if kept.verb in (TO_HANDLE if shared.is_ours else FROM_HANDLING):
        raise ValidationError(_("This is not for the level that says it to say."))
    if kept.verb not in AFTER_END and _is_over(shared):
        raise ValidationError(_("It was taken back or given back meanwhile."))
    # What was done there in time is in time here, however long the way was.
    then = max(min(kept.at, at), shared.matter.moved_at)
    APPLY[kept.verb](Parcelled(shared, body, by, then, at))
    Handed.objects.filter(pk=shared.pk).update(
        **({"state": body.state} if body.state else {}),
        **({"due_at": body.due} if body.due else {}),
    )


def _is_over(shared: Handed) -> bool:
    """Return whether it was taken or given back here, also where the job that says so still waits."""
    verbs = [f"matter.{verb}" for verb in ENDS[shared.is_ours]]
    ends = Entry.objects.filter(subject=shared.matter_id, verb__in=verbs, at__gt=shared.handed_at)
    return bool(shared.ended_at) or ends.exists()


def _note_heard(kept: Parcel) -> None:
    row = Handed.objects.filter(ref=kept.ref, peer=kept.peer)
    heard = row.values_list("heard", flat=True).first()
    if heard is not None:
        row.update(n_heard=F("n_heard") + 1, heard=queries.linked(heard, kept.digest))


def _say_lost(kept: Parcel, at: datetime) -> None:
    """Tell the other end what could not be done, so that nobody there believes it was."""
    if kept.verb == "lost":
        return
    body = {"seq": kept.seq, "verb": kept.verb, "why": kept.fault}
    if shared := queries.common(kept.peer, kept.ref):
        tell(shared, "lost", body, at=at)
    else:
        write(kept.peer_id, kept.ref, "lost", body, at)


@transaction.atomic
def take_again(parcel: Parcel, *, by: Actor, at: datetime) -> bool:
    """Try once more what a kept parcel asks for, after a person has mended the cause; return whether it is done."""
    if not rules.may_add(by):
        raise PermissionDenied(ONLY)
    peer = (
        Peer.objects.select_for_update()
        .select_related("office__place", "client__account")
        .get(pk=parcel.peer_id)
    )
    caller = queries.as_caller(peer, at)
    parcel.fault = _done(parcel, peer, caller, at)
    parcel.save(update_fields=["fault"])
    return not parcel.fault

"""Who looks after levels, and what may be handed to one."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied

from gongzhi.accounts.models import Held, Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.exchange.models import Caller
from gongzhi.federation.models import Handed, Peer
from gongzhi.federation.states import ONLY
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import may_contact

NOBODY = UUID(int=0)


def may_add(by: Actor) -> bool:
    """Return whether ``by`` may make two installations known to each other, and see how they do."""
    return by.is_administrator()


def check(by: Actor) -> None:
    """Raise `PermissionDenied` unless `may_add`."""
    if not may_add(by):
        raise PermissionDenied(ONLY)


def may_change(by: Actor, peer: Peer) -> bool:  # noqa: ARG001  whichever it is
    return may_add(by)


may_pause = may_resume = may_compare = may_change


def may_send(by: Actor) -> bool:
    """Return whether ``by`` may tell a level what happened here: the installation itself."""
    return isinstance(by, System)


def may_tell(by: Caller, peer: Peer) -> bool:
    """Return whether ``by`` is the installation of ``peer``, with which we exchange."""
    return by.client == peer.client_id


def is_complaint(matter: Matter) -> bool:
    """Return whether a matter complains about an office or its staff."""
    return bool(matter.about_office_id) or matter.kind_code == settings.COMPLAINT_KIND


def may_go(matter: Matter, peer: Peer) -> bool:
    """Return whether ``matter`` may leave for a level at all, whoever wants it.

    A sealed matter leaves as nothing but number and state: never so.  A complaint goes up alone, and
    never to the level whose people it is about.
    """
    if is_complaint(matter):
        return peer.is_above
    return not matter.sealed and not matter.kept_from


def may_ask_there(by: Actor, handed: Handed) -> bool:
    """Return whether ``by`` may ask the level that handed it to us how to reach who raised it."""
    return not handed.is_ours and not handed.ended_at and may_contact(by, handed.matter)


def may_be_asked(by: Caller, handed: Handed) -> bool:
    """Return whether the level that has our matter in hand must reach who raised it."""
    return handed.is_ours and not handed.ended_at and may_contact(by, handed.matter)


def giving_back(by: Actor, matter: Matter) -> Staff:
    """Return the level that gives a matter back as who takes it back from its office."""
    return Staff(by.id or NOBODY, by.label, (Held(Role.DISPATCHER, matter.desk, None),))

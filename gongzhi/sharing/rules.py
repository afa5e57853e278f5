"""Who keeps the catalogue, who asks, who decides, and what may move."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor
from gongzhi.audit.actors import System as Installation
from gongzhi.exchange.models import Caller
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import Matter
from gongzhi.matters.models import Object as KindObject
from gongzhi.sharing.models import Item, System, Use
from gongzhi.sharing.states import KEEPERS


def may_keep(by: Actor) -> bool:
    """Return whether ``by`` keeps systems, items and concepts: the data officer, or an administrator."""
    return by.is_administrator() or _is_data_officer(by)


def check(by: Actor) -> None:
    """Raise `PermissionDenied` unless `may_keep`."""
    if not may_keep(by):
        raise PermissionDenied(KEEPERS)


def may_change(by: Actor, item: Item) -> bool:  # noqa: ARG001  whichever it is
    return may_keep(by)


may_withdraw = may_change


def may_note(by: Actor, item: Item) -> bool:
    """Return whether ``by`` may say that an item was renewed or checked: who owns it, or keeps it."""
    return may_keep(by) or (isinstance(by, Staff) and by.serves_office(item.office_id))


def may_ask(by: Actor, system: System) -> bool:
    """Return whether ``by`` may ask for an item in the name of a system."""
    return _heads(by, system.office_id) or _is_data_officer(by)


def may_approve(by: Actor, use: Use) -> bool:
    """Return whether ``by`` decides: head of the owning office or data officer, not who asked."""
    if by.id is not None and by.id == use.asked_by:
        return False
    return _heads(by, use.item.office_id) or _is_data_officer(by)


may_refuse = may_approve


def may_end(by: Actor, use: Use) -> bool:
    """Return whether ``by`` may end a use: either head, the data officer, or time itself."""
    heads = _heads(by, use.item.office_id) or _heads(by, use.system.office_id)
    return heads or _is_data_officer(by) or isinstance(by, Installation)


def may_transfer(by: Actor, use: Use) -> bool:
    """Return whether ``by`` may record what moved: the client of the system that uses it, or the offices."""
    if isinstance(by, Caller):
        return use.system.client_id == by.client
    if not isinstance(by, Staff):
        return False
    here = by.serves_office(use.item.office_id) or by.serves_office(use.system.office_id)
    return here or _is_data_officer(by)


def may_serve(by: Actor, matter: Matter) -> bool:
    """Return whether one person's entry may move for ``matter``: an open request for themselves, not sealed.

    And ``by`` works on it: who may not see a matter, writes nothing into it.
    """
    if matter.kind.object != KindObject.OWN_REQUEST:
        return False
    closed = matter.is_ended or matter.sealed or matter.about_office_id or matter.parent_id
    return not closed and matter_rules.may_see(by, matter)


def is_bulk(item: Item, use: Use) -> bool:
    """Return whether more than one entry may move at once."""
    return not (item.by_person or use.one_by_one)


def _heads(by: Actor, office: object) -> bool:
    if not isinstance(by, Staff):
        return False
    return any(held.role == Role.HEAD and held.office == office for held in by.posts)


def _is_data_officer(by: Actor) -> bool:
    return isinstance(by, Staff) and by.serves_all(Role.DATA_OFFICER)

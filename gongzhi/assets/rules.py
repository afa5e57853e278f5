"""Who reads, keeps and reports on assets: pure functions."""

from __future__ import annotations

from uuid import UUID

from gongzhi.accounts.models import ON_FOOT, Staff
from gongzhi.assets.models import Asset
from gongzhi.audit.actors import Actor
from gongzhi.matters.models import Matter


def may_read(by: Actor) -> bool:
    """Return whether ``by`` reads the register: everybody with a post."""
    return isinstance(by, Staff) and bool(by.posts)


def may_class(by: Actor) -> bool:
    """Return whether ``by`` may change what classes there are."""
    return by.is_administrator()


def may_keep(by: Actor, keeper: UUID) -> bool:
    """Return whether ``by`` may add and change what the office ``keeper`` maintains."""
    return by.is_administrator() or (isinstance(by, Staff) and by.serves_office(keeper))


def may_change(by: Actor, asset: Asset) -> bool:
    return may_keep(by, asset.keeper_id)


may_retire = may_put_back = may_change


def may_look(by: Actor, asset: Asset) -> bool:
    """Return whether ``by`` may say in what condition an asset is: who keeps it, or walks there."""
    if may_change(by, asset):
        return True
    return isinstance(by, Staff) and any(by.serves(role, asset.chain) for role in ON_FOOT)


may_damage = may_lose = may_mend = may_look


def may_add_any(by: Actor) -> bool:
    """Return whether there is an office for which ``by`` may add assets."""
    return by.is_administrator() or (isinstance(by, Staff) and bool(by.offices()))


def may_link(matter: Matter) -> bool:
    """Return whether it may be told that a matter is about an asset: never of what is kept apart."""
    return not (matter.sealed or matter.about_office_id)

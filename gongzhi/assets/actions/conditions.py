"""What somebody found an asset to be like."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.assets import rules
from gongzhi.assets.models import Asset
from gongzhi.assets.states import ASSET
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import SAME, permitted, shift

of_asset = permitted(ASSET, rules)


@of_asset
def look(asset: Asset, *, look_on: date | None = None, by: Actor, at: datetime) -> None:
    """Note that it was looked at and is as it was; ``look_on`` is when the next look is due."""
    _move(asset, "look", look_on, by, at)


@of_asset
def damage(asset: Asset, *, look_on: date | None = None, by: Actor, at: datetime) -> None:
    """Note that it is damaged."""
    _move(asset, "damage", look_on, by, at)


@of_asset
def lose(asset: Asset, *, look_on: date | None = None, by: Actor, at: datetime) -> None:
    """Note that it is gone from its place."""
    _move(asset, "lose", look_on, by, at)


@of_asset
def mend(asset: Asset, *, look_on: date | None = None, by: Actor, at: datetime) -> None:
    """Note that it is in order again."""
    _move(asset, "mend", look_on, by, at)


@of_asset
def retire(asset: Asset, *, look_on: date | None = None, by: Actor, at: datetime) -> None:  # noqa: ARG001  asked alike of all
    """Take it out of use: its code opens no form any more, and nobody needs to look at it."""
    _move(asset, "retire", None, by, at)


@of_asset
def put_back(asset: Asset, *, look_on: date | None = None, by: Actor, at: datetime) -> None:
    """Put it back into use, in order."""
    _move(asset, "put_back", look_on, by, at)


def _move(asset: Asset, name: str, look_on: date | None, by: Actor, at: datetime) -> None:
    today, changes = localdate(at), dict[str, Any]()
    if look_on and look_on < today:
        raise ValidationError({"look_on": _("The next look lies in the past: choose a later day.")})
    move, before = ASSET[name], asset.state
    if look_on:
        changes["look_on"] = look_on
    elif name == "retire" or (name == "look" and asset.look_on and asset.look_on <= today):
        changes["look_on"] = None  # none is due any more, or it was due and is done
    if move.target != SAME:
        changes["since"] = today
    shift(asset, ASSET, move, **changes)
    told = {"from": before, "to": asset.state}
    if asset.look_on:
        told["look_on"] = asset.look_on.isoformat()
    record(asset, verb=f"asset.{name}", by=by, at=at, facts=told)

"""Assets come from a file: each row is what the page of an asset could say."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.assets import queries
from gongzhi.assets.actions import conditions
from gongzhi.assets.actions.keeping import Told, add, change
from gongzhi.assets.models import Asset, AssetClass
from gongzhi.assets.states import Condition
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused

INTO = {
    Condition.DAMAGED: conditions.damage,
    Condition.LOST: conditions.lose,
    Condition.OUT_OF_USE: conditions.retire,
}


@transaction.atomic
def take(
    told: Told, *, code: str, asset_class: AssetClass, condition: str, by: Actor, at: datetime
) -> bool:
    """Add an asset or change the one with its code; return whether the row said something new.

    Without a condition it stays as it was, or begins in order.

    :raises ValidationError: the row cannot be taken, as `add` and `change` say
    """
    asset = queries.by_code(code)
    if asset is None:
        asset = add(told, asset_class=asset_class, code=code, by=by, at=at)
        is_new = True
    elif asset.asset_class_id != asset_class.pk:
        raise ValidationError(_("This code is of another class: code and class never change."))
    else:
        is_new = any(getattr(asset, one.name) != getattr(told, one.name) for one in fields(told))
        if is_new:
            change(asset, told, by=by, at=at)
    if condition and condition != asset.state:
        _bring(asset, condition, by, at)
        is_new = True
    return is_new


def _bring(asset: Asset, condition: str, by: Actor, at: datetime) -> None:
    act = INTO.get(Condition(condition)) or (
        conditions.mend if asset.is_standing else conditions.put_back
    )
    try:
        act(asset, by=by, at=at)
    except MoveRefused as refused:
        raise ValidationError(str(refused)) from refused

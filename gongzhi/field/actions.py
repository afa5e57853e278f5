"""Reporting from the field; what it does stands where rounds can use it too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gongzhi.assets.actions import link
from gongzhi.assets.models import Asset
from gongzhi.audit.actors import Actor
from gongzhi.matters.actions import Report, spot
from gongzhi.matters.models import Matter


@transaction.atomic
def report(
    seen: Report, *, thing: Asset | None = None, by: Actor, at: datetime, **done: Any
) -> Matter:
    """Receive what a grid worker saw, about the ``thing`` whose label they read, and settle it as `spot` does.

    :raises ValidationError: as `spot` raises
    :raises PermissionDenied: likewise
    """
    matter = spot(seen, **done, by=by, at=at)
    if thing:
        link(thing, matter=matter, by=by, at=at)
    return matter

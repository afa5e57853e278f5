"""Reporting from the field: what a grid worker sees, and what they settle at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gongzhi.audit.actors import Actor
from gongzhi.matters import actions
from gongzhi.matters.actions import Report
from gongzhi.matters.models import Matter
from gongzhi.matters.states import State
from gongzhi.matters.uploads import Upload


@transaction.atomic
def report(
    seen: Report,
    *,
    settled: str = "",
    before: Sequence[Upload] = (),
    after: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> Matter:
    """Receive what a grid worker saw and, with words on what they did, settle it: both or neither.

    A form sent twice gives the first matter again and settles nothing twice.

    :raises ValidationError: as `receive` and `settle` raise
    :raises PermissionDenied: settled outside the own grids
    """
    matter = actions.receive(seen, by=by, at=at).matter
    if settled and matter.state == State.RECEIVED:
        actions.settle(matter, words=settled, before=before, after=after, by=by, at=at)
    return matter

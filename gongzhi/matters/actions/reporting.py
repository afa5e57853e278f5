"""What somebody who works outside sees, and what they settle at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gongzhi.audit.actors import Actor
from gongzhi.matters.actions.handling import settle
from gongzhi.matters.actions.intake import Report, receive
from gongzhi.matters.models import Matter
from gongzhi.matters.states import State
from gongzhi.matters.uploads import Upload


@transaction.atomic
def spot(
    seen: Report,
    *,
    settled: str = "",
    before: Sequence[Upload] = (),
    after: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> Matter:
    """Receive what somebody saw and, with words on what they did, settle it: both or neither.

    A form sent twice gives the first matter again and settles nothing twice.

    :raises ValidationError: as `receive` and `settle` raise
    :raises PermissionDenied: settled outside the own grids
    """
    matter = receive(seen, by=by, at=at).matter
    if settled and matter.state == State.RECEIVED:
        settle(matter, words=settled, before=before, after=after, by=by, at=at)
    return matter

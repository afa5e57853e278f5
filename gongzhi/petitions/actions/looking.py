"""Staff open a sealed petition, or look who raised it: both are recorded and shown to its people."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from gongzhi.audit.actions import look
from gongzhi.audit.actors import Actor
from gongzhi.audit.models import Look
from gongzhi.parties.actions import look as look_at
from gongzhi.parties.models import Party
from gongzhi.parties.reach import Reach
from gongzhi.petitions import rules
from gongzhi.petitions.models import Petition

SITTING = timedelta(hours=1)


def read(*files: UUID, by: Actor, at: datetime) -> None:
    """Record that ``by`` reads petitions or visits: each once for what they open within an hour.

    The page has asked its rules.
    """
    lately = Look.objects.filter(subject__in=files, by_id=by.id, at__gt=at - SITTING)
    known = set(lately.values_list("subject", flat=True))
    for file in files:
        if file not in known:
            look(file, purpose="read", by=by, at=at)


def reach(petition: Petition, who: Party, *, purpose: str, by: Actor, at: datetime) -> Reach:
    """Return how one of its people is reached, for the purpose that they will read.

    :raises ValidationError: no purpose was given
    """
    may = rules.may_reach(by, petition) and who.file == petition.pk
    return look_at(who, may=may, purpose=purpose, by=by, at=at)

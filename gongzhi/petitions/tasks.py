"""What follows by itself: those concerned are told, and what nobody asks to review comes to its end, and is erased in time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.models import Clock
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.petitions import actions, queries
from gongzhi.petitions.actions.writing import await_end
from gongzhi.petitions.models import Petition

log = logging.getLogger(__name__)


@on("petition")
def tell(work: Work) -> None:
    """Tell those whom a move concerns."""
    petition = Petition.objects.with_names().get(pk=str(work.key))
    actions.tell(petition, verb=work.args["verb"], by=SYSTEM, at=work.at)


@on("petition_clock")
def passed(work: Work) -> None:
    """End a petition that nobody asks to review, remind of what is late; later if the day has moved."""
    clock = Clock.objects.filter(pk=str(work.key), stopped_at=None).first()
    if clock is None:
        return
    petition = Petition.objects.with_names().get(pk=work.args["petition"])
    if work.at <= clock.due_at:
        await_end(clock, petition, by=SYSTEM, at=work.at)
    elif clock.name == "ask":
        actions.lapse(petition, by=SYSTEM, at=work.at)
    else:
        actions.tell(petition, verb="late", by=SYSTEM, at=work.at)


@every(days=1)
def erase(at: datetime) -> None:
    """Erase what was kept long enough; what cannot be erased today is tried again tomorrow."""
    for petition in list(queries.to_erase(at)):
        with kept_going(petition.number):
            actions.erase(petition, by=SYSTEM, at=at)
    for visit in list(queries.visits_to_erase(at)):
        with kept_going(visit.number):
            actions.erase_visit(visit, by=SYSTEM, at=at)


@contextmanager
def kept_going(number: str) -> Iterator[None]:
    """Go on with the others where one cannot be erased."""
    try:
        yield
    except Exception:
        log.exception("not erased: %s", number)

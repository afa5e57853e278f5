"""What follows by itself: those concerned are told, and reminded of dates."""

from __future__ import annotations

from datetime import datetime

from gongzhi.audit.actors import SYSTEM
from gongzhi.hazards import actions
from gongzhi.hazards.models import Hazard
from gongzhi.jobs.handlers import Work, every, on


@on("hazard")
def tell(work: Work) -> None:
    """Tell those whom a move concerns."""
    hazard = Hazard.objects.select_related("office").get(pk=str(work.key))
    actions.tell(hazard, verb=work.args["verb"], by=SYSTEM, at=work.at)


@every(hours=1)
def remind(at: datetime) -> None:
    """Remind of what is due soon or overdue."""
    actions.remind(by=SYSTEM, at=at)
    actions.remind_checks(by=SYSTEM, at=at)

"""Every day those are told who may be told from that day on; what is erased is erased here too."""

from __future__ import annotations

from datetime import datetime

from gongzhi.audit.actors import SYSTEM
from gongzhi.demands import actions
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.matters.models import Matter


@on("matter")
def forget(work: Work) -> None:
    """Erase what orders about an erased matter said."""
    matter = Matter.objects.filter(pk=str(work.key)).first()
    if matter and work.args["verb"] == "erase":
        actions.forget(matter, by=SYSTEM, at=work.at)


@every(hours=6)
def review(at: datetime) -> None:
    """Tell who may be told from today on."""
    actions.review(by=SYSTEM, at=at)

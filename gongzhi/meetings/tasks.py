"""What follows by itself: a matter that bounced brings its offices together; who is called is told."""

from __future__ import annotations

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import Work, on
from gongzhi.matters.models import Matter
from gongzhi.meetings import actions
from gongzhi.meetings.models import Summons

BOUNCES = 2  # sent back this often, a matter needs all its offices at one table


@on("matter")
def consult(work: Work) -> None:
    """Open a consultation of all offices that have had a matter, from its second bounce on."""
    if work.args["verb"] != "send_back":
        return
    matter = Matter.objects.select_related("kind", "place").get(pk=str(work.key))
    if matter.bounces >= BOUNCES:
        actions.consult(matter, by=SYSTEM, at=work.at)


@on("summons")
def tell(work: Work) -> None:
    """Tell those whom a move concerns."""
    summons = Summons.objects.select_related("matter").get(pk=str(work.key))
    verb, office = work.args["verb"], work.args["office"]
    actions.tell(summons, verb=verb, office=office, by=SYSTEM, at=work.at)

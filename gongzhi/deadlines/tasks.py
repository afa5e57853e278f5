"""What happens in the background after a change of a calendar or a rule."""

from __future__ import annotations

import logging
from uuid import UUID

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.actions.recounting import MOVED, TOPIC, recount
from gongzhi.deadlines.actions.rulebook import MOVING, move_next
from gongzhi.deadlines.models import Recount, Rule
from gongzhi.jobs.actions import enqueue
from gongzhi.jobs.handlers import Work, on

log = logging.getLogger(__name__)


@on(MOVING)
def move_on(work: Work) -> None:
    """Move some clocks to the newer version of their rule, and leave a job for the next."""
    rule = Rule.objects.get(pk=work.args["rule"])
    after = UUID(work.args["after"]) if work.args.get("after") else None
    reached = move_next(rule, after=after, by=SYSTEM, at=work.at)
    if reached:
        args = work.args | {"after": str(reached)}
        enqueue(MOVING, by=SYSTEM, at=work.at, key=work.key, args=args)


@on(TOPIC)
def go_on(work: Work) -> None:
    """Compute one chunk of clocks anew, and leave a job for the next."""
    progress = Recount.objects.select_related("calendar").get(pk=work.args["recount"])
    left = recount(progress, by=SYSTEM, at=work.at)
    log.info(
        "calendar %s: %s clocks recomputed, %s changed, %.0f/s",
        progress.calendar.code,
        progress.n_done,
        progress.n_changed,
        progress.rate,
    )
    if left:
        enqueue(TOPIC, by=SYSTEM, at=work.at, key=work.key, args=work.args)


@on(MOVED)
def told(work: Work) -> None:
    """Log how many clocks got another date: whoever runs on them listens for it as well."""
    log.info("%s clocks have another date", len(work.args["clocks"]))

"""What happens in the background after a change of a calendar."""

from __future__ import annotations

import logging

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.actions.recounting import TOPIC, recount
from gongzhi.deadlines.models import Recount
from gongzhi.jobs.actions import enqueue
from gongzhi.jobs.handlers import Work, on

log = logging.getLogger(__name__)


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

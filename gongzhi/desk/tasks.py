"""Bulk moves of more than one request holds."""

from __future__ import annotations

from datetime import datetime

from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import SYSTEM
from gongzhi.desk import actions
from gongzhi.desk.models import Bulk
from gongzhi.jobs.actions import enqueue
from gongzhi.jobs.handlers import Work, every, on


@on("bulk")
def go_on(work: Work) -> None:
    """Make the move on the next matters, by the rights that whoever began it has now."""
    bulk = Bulk.objects.select_related("user").get(pk=str(work.key))
    by = staff(bulk.user, work.at)
    if actions.go_on(bulk, by=by, at=work.at):
        enqueue("bulk", by=by, at=work.at, key=bulk.pk)


@every(hours=12)
def drop_old_bulks(at: datetime) -> None:
    """Forget bulk moves of a week ago."""
    actions.drop_old_bulks(by=SYSTEM, at=at)

"""What happens to matters is gathered and sent; what is old is erased."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.webhooks import actions


@on("matter")
def gather(work: Work) -> None:
    """Note an entry of a matter for the hooks; what only reminds of a date has none."""
    if "seq" in work.args:
        actions.note(UUID(str(work.key)), work.args["seq"], by=SYSTEM, at=work.at)


@every(seconds=2)
def send(at: datetime) -> None:
    """Tell the hooks what was noted."""
    while actions.spread(by=SYSTEM, at=at):
        pass
    actions.deliver(by=SYSTEM, at=at)


@every(days=1)
def erase(at: datetime) -> None:
    """Erase what was sent long ago."""
    actions.erase(by=SYSTEM, at=at)

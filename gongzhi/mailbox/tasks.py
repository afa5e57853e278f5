"""Mailboxes are read every minute, one job each; what is old is erased."""

from __future__ import annotations

from datetime import datetime

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.mailbox import actions
from gongzhi.mailbox.models import Mailbox


def _mailbox(work: Work) -> Mailbox:
    return Mailbox.objects.select_related("place").get(pk=str(work.key))


@on("mailbox", leaves=True)
def fetch(work: Work) -> None:
    """Read one mailbox; what was read goes to the handler of the same job."""
    work.args["fetched"] = actions.fetch(_mailbox(work), by=SYSTEM, at=work.at)


@on("mailbox")
def keep(work: Work) -> None:
    """Keep what was read."""
    actions.keep(_mailbox(work), fetched=work.args["fetched"], by=SYSTEM, at=work.at)


@every(minutes=1)
def look_after(at: datetime) -> None:
    """Let every mailbox be read."""
    actions.look_after(by=SYSTEM, at=at)


@every(days=1)
def erase(at: datetime) -> None:
    """Erase what is old."""
    actions.erase(by=SYSTEM, at=at)

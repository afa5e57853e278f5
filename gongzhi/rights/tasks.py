"""What is over its time is erased each night; what was erased is erased elsewhere; looks are gone through."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.rights import actions

ERASED = {"erase": False, "forget_contact": True}  # the verb, and whether only the contact went


@on("matter")
def forget_beside(work: Work) -> None:
    """Let go what other apps hold of a matter that was erased."""
    if work.args["verb"] in ERASED:
        only = ERASED[work.args["verb"]]
        key = UUID(str(work.key))
        actions.forget_beside(key, contact_only=only, by=SYSTEM, at=work.at)


@every(days=1)
def sweep(at: datetime) -> None:
    """Erase what is over its time."""
    actions.sweep(by=SYSTEM, at=at)


@every(hours=1)
def note_unusual(at: datetime) -> None:
    """Note looks that were unusual."""
    actions.note_unusual(by=SYSTEM, at=at)

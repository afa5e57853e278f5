"""Runs go on a chunk at a time, folders are looked at, files of long ago erased."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.tables import actions, queries


@on(actions.TOPIC)
def step(work: Work) -> None:
    """Do the next chunk of a run."""
    actions.step(UUID(str(work.key)), **work.args, by=SYSTEM, at=work.at)


@every(seconds=30)
def look(at: datetime) -> None:
    """Look at the folders that are due."""
    for drop in queries.due(at):
        actions.look(drop, by=SYSTEM, at=at)


@every(days=1)
def erase(at: datetime) -> None:
    """Erase the files that were sent long ago."""
    actions.erase_old(by=SYSTEM, at=at)

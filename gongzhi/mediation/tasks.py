"""What follows by itself: reminders, limits that run out, files closed again or erased."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils.timezone import localdate

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import every
from gongzhi.mediation import actions, queries

log = logging.getLogger(__name__)


@every(hours=6)
def remind(at: datetime) -> None:
    """Remind of terms three days before their day, and ask after them once it has passed."""
    today = localdate(at)
    for term in queries.due_terms(today + actions.AHEAD):
        try:
            actions.remind(term, on=today, by=SYSTEM, at=at)
        except Exception:
            log.exception("not reminded of term %s", term.pk)  # the others are all the same


@every(days=1)
def erase(at: datetime) -> None:
    """Erase the files whose time is over; what cannot be erased today is tried again tomorrow."""
    for case in queries.to_erase(localdate(at)):
        try:
            actions.erase(case, by=SYSTEM, at=at)
        except Exception:
            log.exception("not erased: case %s", case.pk)  # the others are all the same


@every(hours=1)
def run_out(at: datetime) -> None:
    """Record where the 30 days to apply to a court have passed."""
    actions.run_out_late(by=SYSTEM, at=at)


@every(minutes=5)
def shut(at: datetime) -> None:
    """Close the files that were open for 24 hours."""
    actions.shut_late(by=SYSTEM, at=at)


@every(minutes=5)
def lapse(at: datetime) -> None:
    """Let offers lapse whose time has passed."""
    actions.lapse_late(by=SYSTEM, at=at)

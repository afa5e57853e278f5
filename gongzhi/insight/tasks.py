"""Hot issues are gathered at night, and forgotten."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from gongzhi.audit.actors import SYSTEM
from gongzhi.insight import actions, queries
from gongzhi.jobs.handlers import every

AT_NIGHT = 2  # the hour from which on: an installation that is off at night does it in the morning


@every(hours=1)
def gather_issues(at: datetime) -> None:
    """Gather the hot issues of the 30 days that ended a day ago, once a night."""
    _since, until = queries.period(at)
    if localtime(at).hour >= AT_NIGHT and not queries.is_gathered(until):
        actions.gather_issues(by=SYSTEM, at=at)


@every(hours=12)
def forget_issues(at: datetime) -> None:
    """Forget hot issues of long ago."""
    actions.forget_issues(by=SYSTEM, at=at)

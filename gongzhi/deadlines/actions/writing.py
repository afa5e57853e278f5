from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.base.moves import MoveLost
from gongzhi.deadlines.clocks import Refused, dues
from gongzhi.deadlines.models import Clock
from gongzhi.deadlines.queries import courses, days_of, standing_of

LONGEST_REASON = 500


def allow(may: bool) -> None:  # noqa: FBT001
    """Let an action go on, or not.

    :raises PermissionDenied: it may not
    """
    if not may:
        raise PermissionDenied


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what cannot be counted into a refusal in the reader's language."""
    try:
        yield
    except Refused as refusal:
        raise ValidationError(_(refusal.sentence) % refusal.facts) from refusal


def worded(reason: str) -> str:
    """Return a reason without space around it.

    :raises ValidationError: it is empty or too long
    """
    words = reason.strip()
    if not words:
        raise ValidationError(_("Give a reason."))
    if len(words) > LONGEST_REASON:
        raise ValidationError(
            _("Give the reason in at most %(n)s characters.") % {"n": LONGEST_REASON}
        )
    return words


def change(clock: Clock, **new: Any) -> None:
    """Write fields of a clock, if it still is as it was read.

    :raises MoveLost: somebody changed it since
    """
    same = Clock.objects.filter(pk=clock.pk, version=clock.version)
    if not same.update(**new, version=F("version") + 1):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    for name, value in (new | {"version": clock.version + 1}).items():
        setattr(clock, name, value)


def reckon(clock: Clock, **new: Any) -> None:
    """Compute a clock's date anew from its rows, and write it with ``new``.

    :raises Refused: it cannot be counted
    """
    end = dues(courses([clock])[clock.pk], days_of(clock.calendar_id))[-1]
    change(clock, due_at=end.at, provisional=end.provisional, **new)


def still_runs(clock: Clock, at: datetime) -> None:
    """Refuse a clock that has ended or is over.

    :raises ValidationError: with the reason
    """
    if clock.stopped_at is not None:
        raise ValidationError(_("This clock has ended."))
    if standing_of(clock, at) in ("overdue", "severe"):
        raise ValidationError(_("The limit is over: it can no longer be paused or extended."))

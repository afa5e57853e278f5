"""Begin, resolve, record the outcome; or call it off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import insert
from gongzhi.deadlines.queries import days_of
from gongzhi.meetings.actions.writing import move, of_summons, plain, stop_clocks
from gongzhi.meetings.models import LONGEST_OUTCOME, LONGEST_WORDS, Resolution, Summons
from gongzhi.meetings.states import Answer

MOST_TIME = timedelta(days=366)


@of_summons
def hold(summons: Summons, *, by: Actor, at: datetime) -> None:
    """Begin: from now only arrivals are recorded, and who said nothing has not answered."""
    move(summons, "hold", by=by, at=at, held_at=at)
    stop_clocks(Q(summons=summons), by=by, at=at)


@of_summons
def resolve(
    summons: Summons, *, office: Office, text: str, until: date, by: Actor, at: datetime
) -> None:
    """Resolve what an office has to do until the end of a day.

    :raises ValidationError: an office that was not called, a day that is no work day of it, has
        passed or is more than a year away
    """
    words = plain(text, longest=LONGEST_WORDS)
    if not summons.attendances.filter(office=office).exists():
        raise ValidationError({"office": _("Choose one of the offices that were called.")})
    _check_day(office, until, at)
    rank = summons.resolutions.count() + 1
    facts = {"n": rank, "office": office.code, "until": until.isoformat()}
    move(summons, "resolve", by=by, at=at, facts=facts, told={"text": words})
    insert(Resolution(summons=summons, rank=rank, office=office, text=words, until=until))


def _check_day(office: Office, until: date, at: datetime) -> None:
    days = days_of(office.calendar_id)
    today = at.astimezone(days.zone).date()
    if not today < until <= today + MOST_TIME:
        raise ValidationError({"until": _("Choose a day after today and within a year.")})
    if not days.works(until):
        raise ValidationError(
            {
                "until": _("%(day)s is no work day of %(office)s: choose another day.")
                % {"day": until, "office": office.name}
            }
        )


@of_summons
def end(summons: Summons, *, outcome: str, by: Actor, at: datetime) -> None:
    """Record what came of it; what was resolved is followed until it is done.

    :raises ValidationError: nobody was recorded as there
    """
    words = plain(outcome, longest=LONGEST_OUTCOME)
    if not summons.attendances.filter(state=Answer.ARRIVED).exists():
        raise ValidationError(_("Record first which offices were there; if none was, call it off."))
    move(summons, "end", by=by, at=at, told={"text": words}, outcome=words, ended_at=at)


@of_summons
def cancel(summons: Summons, *, reason: str, by: Actor, at: datetime) -> None:
    """Call it off, with the reason; every office called is told."""
    words = plain(reason, longest=LONGEST_WORDS)
    move(summons, "cancel", by=by, at=at, told={"reason": words}, reason=words, ended_at=at)
    stop_clocks(Q(summons=summons), by=by, at=at)

"""From above: urge, order and lift a supervision, end by order what cannot be solved."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.deadlines.clocks import Limit, Unit, due
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import limits
from gongzhi.matters.actions.closing import put_call
from gongzhi.matters.actions.dispatching import rule, rule_on_time
from gongzhi.matters.actions.handling import unready
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import WRITER, action, change, end_joined, move, put
from gongzhi.matters.models import (
    Deferral,
    FollowUp,
    Matter,
    Message,
    OfficeTask,
    Supervision,
    Waiting,
)
from gongzhi.matters.states import TASK_OPEN, RulingState, SupervisionState, TaskState

URGED_FOR = timedelta(hours=4)  # in which nobody urges again
MOST_SUPERVISION = timedelta(days=366)
STANDING = {"state__in": (SupervisionState.ORDERED, SupervisionState.REPORTED)}


@action
def urge(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Remind whoever the matter waits for; counted, and once in four hours.

    :raises ValidationError: it was urged a moment ago
    """
    if why := urged(matter, at):
        raise ValidationError(why)
    n = matter.urges + 1
    move(matter, "urge", by=by, at=at, facts={"n": n}, urges=n, urged_at=at)


def urged(matter: Matter, at: datetime) -> str:
    """Return why ``matter`` is not urged at ``at``: it was, less than four hours before; or ""."""
    if not matter.urged_at or at >= matter.urged_at + URGED_FOR:
        return ""
    until = date_format(localtime(matter.urged_at + URGED_FOR), "H:i")
    return _("It was urged less than four hours ago. You can urge again from %(until)s on.") % {
        "until": until
    }


@action
def supervise(
    matter: Matter,
    *,
    instruction: str,
    report_on: date,
    listed: bool = False,
    summary: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Order what has to be done and by which day it is reported; ``listed``: before everybody.

    The public reads the ``summary`` alone, chosen for it.

    :raises ValidationError: supervised already, no day to report on, or not fit to be listed
    """
    words, report_by = worded(instruction, longest=1000), _report_by(report_on, at)
    summary = _summary(matter, summary) if listed else ""
    facts = {"report_on": report_on.isoformat(), "listed": listed}
    move(matter, "supervise", by=by, at=at, facts=facts, told={"instruction": words})
    order = Supervision(
        matter=matter,
        office=matter.office,
        instruction=words,
        report_by=report_by,
        listed=listed,
        summary=summary,
        ordered_at=at,
    )
    try:
        put(order)
    except IntegrityError as twice:
        raise ValidationError(_("It is supervised already: order anew or lift it.")) from twice


def _report_by(report_on: date, at: datetime) -> datetime:
    days = default_days()
    today = at.astimezone(days.zone).date()
    if not today < report_on <= today + MOST_SUPERVISION:
        raise ValidationError(_("Choose a day to report after today and within a year."))
    return due(at, Limit((report_on - today).days, Unit.CALENDAR_DAY), days).at


def _summary(matter: Matter, summary: str) -> str:
    if not matter.public:
        raise ValidationError(_("This kind is not public: it cannot be listed before everybody."))
    if matter.parent_id:
        raise ValidationError(_("A part is not listed before everybody: supervise the whole."))
    return worded(summary, longest=300)


@action
def report(matter: Matter, *, words: str, by: Actor, at: datetime) -> None:
    """Report to the supervisor what was done about the order.

    :raises ValidationError: nothing was ordered that has not been reported
    """
    said = worded(words, longest=1000)
    move(matter, "report", by=by, at=at, told={"text": said})
    ordered = {"state": SupervisionState.ORDERED}
    _found(
        change(
            matter,
            Supervision,
            ordered,
            state=SupervisionState.REPORTED,
            reported=said,
            reported_at=at,
        )
    )


def _found(n: int) -> None:
    if not n:
        raise ValidationError(_("No order of a supervisor waits for this."))


@action
def insist(matter: Matter, *, instruction: str, report_on: date, by: Actor, at: datetime) -> None:
    """Order anew, as the report was not enough: another instruction, another day.

    :raises ValidationError: it is not supervised, or no day to report on
    """
    words, report_by = worded(instruction, longest=1000), _report_by(report_on, at)
    facts = {"report_on": report_on.isoformat()}
    move(matter, "insist", by=by, at=at, facts=facts, told={"instruction": words})
    anew: dict[str, Any] = {"instruction": words, "report_by": report_by, "office": matter.office}
    _found(change(matter, Supervision, STANDING, state=SupervisionState.ORDERED, **anew))


@action
def lift(matter: Matter, *, reason: str, by: Actor, at: datetime) -> None:
    """Lift the supervision, with the reason; a listed one stays on the list as lifted.

    :raises ValidationError: it is not supervised
    """
    words = worded(reason, longest=1000)
    move(matter, "lift", by=by, at=at, told={"reason": words})
    _found(change(matter, Supervision, STANDING, state=SupervisionState.LIFTED, lifted_at=at))


@action
def force_close(matter: Matter, *, reason: str, remedy: str, by: Actor, at: datetime) -> None:
    """End by order what cannot be solved, with reason, remedy and name; it never counts as solved.

    :raises ValidationError: a part has not ended
    """
    if why := unready((), WRITER.get().parts(matter)):
        raise ValidationError(why)
    told = {"reason": worded(reason, longest=500), "remedy": worded(remedy, longest=500)}
    rule(matter, RulingState.DISMISSED, "", at)
    rule_on_time(matter, RulingState.DISMISSED, "", at)
    change(matter, Deferral, {"resumed_at": None}, resumed_at=at)
    change(matter, Waiting, {"answered_at": None}, answered_at=at)
    change(matter, OfficeTask, {"state__in": TASK_OPEN}, state=TaskState.DONE, ended_at=at)
    ended = {"ended_at": at, "solved": None, "satisfied": None} | limits.no_step(None)
    move(matter, "force_close", by=by, at=at, told=told, resume_to="", **ended)
    words = f"{told['reason']}\n{told['remedy']}"
    put(Message(matter=matter, sort=Message.Sort.TOLD, text=words, by_label=by.label, at=at))
    put_call(matter, FollowUp.Result.FORCED, FollowUp.Way.PHONE, by=by, at=at)
    end_joined(matter, by=by, at=at)

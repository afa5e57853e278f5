"""Clocks start, stand still, go on, end and begin again: cheap writes, recorded by whoever calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.deadlines import clocks
from gongzhi.deadlines.actions.writing import change, reckon, sentences, still_runs, worded
from gongzhi.deadlines.clocks import Limit, due
from gongzhi.deadlines.models import Calendar, Clock, Pause, Rule
from gongzhi.deadlines.queries import days_of


def start(
    subject: UUID,
    subject_type: str,
    *,
    name: str,
    runs_by: Rule | Limit,
    calendar: Calendar,
    by: Actor,
    at: datetime,
) -> Clock:
    """Start one clock for something at ``at``: one INSERT.

    :raises ValidationError: the rule does not hold then or states no length of time
    """
    return start_many(subject, subject_type, {name: runs_by}, calendar=calendar, by=by, at=at)[0]


def start_many(
    subject: UUID,
    subject_type: str,
    wanted: Mapping[str, Rule | Limit],
    *,
    calendar: Calendar,
    by: Actor,  # noqa: ARG001  every action says for whom it works
    at: datetime,
) -> list[Clock]:
    """Start clocks beside each other, by name, such as to acknowledge and to answer: one INSERT.

    :raises ValidationError: a rule does not hold then or states no length of time, or a clock of
        that name runs already
    """
    with sentences():
        made = [
            _made(subject, subject_type, name, runs_by, calendar, at)
            for name, runs_by in wanted.items()
        ]
    return _stored(made)


def _stored(made: list[Clock]) -> list[Clock]:
    try:
        with transaction.atomic(savepoint=False):
            return Clock.objects.bulk_create(made)
    except IntegrityError as twice:
        raise ValidationError(_("This clock has been started already.")) from twice


def _made(  # noqa: PLR0917
    subject: UUID,
    subject_type: str,
    name: str,
    runs_by: Rule | Limit,
    calendar: Calendar,
    at: datetime,
) -> Clock:
    rule = runs_by if isinstance(runs_by, Rule) else None
    limit = runs_by.limit if isinstance(runs_by, Rule) else runs_by
    days = days_of(calendar.pk)
    if rule:
        _holds_on(rule, at.astimezone(days.zone).date())
    end = due(at, limit, days)
    return Clock(
        subject=subject,
        subject_type=subject_type,
        name=name,
        rule=rule,
        calendar=calendar,
        value=limit.value,
        unit=limit.unit,
        sense=limit.sense,
        rolls=limit.rolls,
        started_at=at,
        due_at=end.at,
        first_due_at=end.at,
        provisional=end.provisional,
    )


def stop(clock: Clock, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """End a clock: what it waited for is done.

    :raises ValidationError: it has ended already, or not begun
    """
    if clock.stopped_at is not None:
        raise ValidationError(_("This clock has ended."))
    if at < clock.started_at:
        raise ValidationError(_("A clock cannot end before it starts."))
    change(clock, stopped_at=at)


@transaction.atomic
def pause(clock: Clock, *, reason: str, until: datetime, by: Actor, at: datetime) -> None:
    """Let a clock stand still, for a reason the law gives, until ``until`` or until it is resumed.

    :raises ValidationError: it stands still already, has ended or is over, its rule knows no
        pause, or the pause would not end after it begins, within five years
    """
    words = worded(reason)
    still_runs(clock, at)
    if clock.paused_until is not None and at < clock.paused_until:
        raise ValidationError(_("This clock stands still already."))
    if clock.rule and not clock.rule.pauses:
        raise ValidationError(_("The rule of this clock knows no pause."))
    with sentences():
        clocks.Course(clock.started_at, clock.limit, [clocks.Pause(at, until, words)])
        Pause.objects.create(
            clock=clock, begins_at=at, ends_at=until, reason=words, by_label=by.label
        )
        reckon(clock, paused_until=until, is_plain=False)


@transaction.atomic
def resume(clock: Clock, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Let a clock go on that stands still: its date moves to where it would be.

    :raises ValidationError: it does not stand still
    """
    if clock.stopped_at is not None:
        raise ValidationError(_("This clock has ended."))
    if clock.paused_until is None or at >= clock.paused_until:
        raise ValidationError(_("This clock does not stand still: there is nothing to resume."))
    open_one = Pause.objects.filter(clock=clock, ends_at=clock.paused_until)
    if not open_one.filter(begins_at__lt=at).update(ends_at=at):
        open_one.delete()  # resumed in the moment it was paused
    with sentences():
        reckon(clock, paused_until=None)


@transaction.atomic
def restart(clock: Clock, *, by: Actor, at: datetime) -> Clock:  # noqa: ARG001
    """Begin a clock again after rework; the first one stays, and so does its first date.

    :raises ValidationError: somebody has begun it again already
    """
    if clock.stopped_at is None:
        change(clock, stopped_at=at)
    days = days_of(clock.calendar_id)
    with sentences():
        end = due(at, clock.limit, days)
    again = Clock(
        subject=clock.subject,
        subject_type=clock.subject_type,
        name=clock.name,
        round=clock.round + 1,
        rule_id=clock.rule_id,
        calendar_id=clock.calendar_id,
        value=clock.value,
        unit=clock.unit,
        sense=clock.sense,
        rolls=clock.rolls,
        started_at=at,
        due_at=end.at,
        first_due_at=clock.first_due_at,
        provisional=end.provisional,
    )
    return _stored([again])[0]


def _holds_on(rule: Rule, day: date) -> None:
    """Refuse a rule on a day on which it does not hold.

    :raises ValidationError: with the sentence
    """
    if day < rule.valid_from or (rule.valid_until is not None and day > rule.valid_until):
        raise ValidationError(
            _("“%(rule)s” does not hold on %(day)s.") % {"rule": rule.cited, "day": day}
        )

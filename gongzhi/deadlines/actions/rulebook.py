"""Rules are versions: a new one is added beside the old, which running clocks keep."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost
from gongzhi.deadlines import rules
from gongzhi.deadlines.actions.recounting import ALL_FORGOT, MOVED, told_of
from gongzhi.deadlines.actions.writing import allow, reckon, sentences
from gongzhi.deadlines.clocks import Due, Refused, Sense, limit_of
from gongzhi.deadlines.models import Clock, Rule
from gongzhi.deadlines.queries import forget_rules, open_under, rule_on
from gongzhi.deadlines.readers import seeded_rules
from gongzhi.jobs.actions import enqueue

AT_ONCE = 200
MOVING = "clocks.move"
RENEWED = "rule"  # for whoever counts by a rule without a clock of its own
NO_CLOCKS = {"person", "second", "promptly"}  # what laws count besides time


@transaction.atomic
def add_rule(code: str, *, by: Actor, at: datetime, **facts: Any) -> Rule:
    """Add a version of a rule, or a new one; fields not given are those of the version before.

    :raises ValidationError: it has no unit, no sensible value, no law, ends before it begins, or
        begins before the version it follows
    """
    allow(rules.may_change_rule(by))
    latest = Rule.objects.filter(code=code).order_by("version").last()
    before = model_to_dict(latest, exclude=["id"]) if latest else {}
    rule = Rule(**(before | facts | {"code": code, "version": before.get("version", 0) + 1}))
    _check(rule, latest)
    return _stored(rule, by, at)


def end_rule(rule: Rule, *, until: date, by: Actor, at: datetime) -> Rule:
    """Add a version of a rule that says until when it holds.

    :raises ValidationError: it would end before it begins
    """
    return add_rule(rule.code, valid_until=until, by=by, at=at)


@transaction.atomic
def seed_rules(*, by: Actor, at: datetime) -> int:
    """Add the rules that come with the program; return how many were not there yet."""
    allow(rules.may_change_rule(by))
    known = set(Rule.objects.values_list("code", "version"))
    wanted = [Rule(**facts) for facts in seeded_rules()]
    new = [rule for rule in wanted if (rule.code, rule.version) not in known]
    for rule in new:
        _check(rule)
        _stored(rule, by, at)
    return len(new)


def _check(rule: Rule, before: Rule | None = None) -> None:
    if not rule.law.strip():
        raise ValidationError(_("A rule needs the law or order it follows from."))
    if before and rule.valid_from < before.valid_from:
        raise ValidationError(
            _("Version %(version)s holds from %(day)s: a newer one cannot hold from before that.")
            % {"version": before.version, "day": before.valid_from}
        )
    if rule.valid_until is not None and rule.valid_until < rule.valid_from:
        raise ValidationError(_("A rule cannot end before it begins."))
    with sentences():
        if rule.unit not in NO_CLOCKS:
            limit_of(rule.value, rule.unit, rule.sense, rolls=rule.rolls)
        if rule.more_value is not None:
            limit_of(rule.more_value, rule.more_unit)
    if rule.lasts:
        _check_loop(rule)
    rule.clean_fields()


def _check_loop(rule: Rule) -> None:
    """Refuse a version by which no step of a matter could run."""
    if rule.unit in NO_CLOCKS or rule.sense != Sense.AT_MOST:
        raise ValidationError(
            _("A step of every matter runs by this rule: give it a longest time.")
        )
    if rule.valid_until is not None:
        raise ValidationError(
            _("Every matter runs by this rule: it cannot end. Add a version with another limit.")
        )


def _stored(rule: Rule, by: Actor, at: datetime) -> Rule:
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError as clash:
        raise MoveLost(_("Somebody else was first. Look again at how it stands now.")) from clash
    facts = {"code": rule.code, "version": rule.version, "value": rule.value, "unit": rule.unit}
    forget_rules()
    record(rule, verb="rule.add", by=by, at=at, first=True, facts=facts)
    return rule


@transaction.atomic
def begin_moving(rule: Rule, *, by: Actor, at: datetime) -> None:
    """Have every clock that runs by an older version moved to this one, in the background.

    :raises ValidationError: this is not the version that holds today
    """
    allow(rules.may_change_rule(by))
    if rule_on(rule.code, localdate(at)) != rule:
        raise ValidationError(_("Only the version that holds today can take over running clocks."))
    record(rule, verb="rule.move", by=by, at=at, facts={"code": rule.code, "version": rule.version})
    args = {"rule": str(rule.pk)}
    for topic in (MOVING, RENEWED):
        enqueue(topic, by=by, at=at, key=rule.pk, args=args, after=at + ALL_FORGOT)


def move_next(rule: Rule, *, after: UUID | None = None, by: Actor, at: datetime) -> UUID | None:
    """Move the next clocks under older versions of ``rule`` to it; return the last key, None at the end.

    One that cannot run by the newer version keeps its own.
    """
    older = open_under(rule.code).filter(rule__version__lt=rule.version)
    found = list((older.filter(pk__gt=after) if after else older).order_by("pk")[:AT_ONCE])
    lines = []
    for clock in found:
        old = clock.due_at
        try:
            move(clock, rule, by=by, at=at)
        except (ValidationError, MoveLost):
            continue
        lines.append(told_of(clock, old, Due(clock.due_at, clock.provisional)))
    if lines:
        enqueue(MOVED, by=by, at=at, args={"clocks": lines})
    return found[-1].pk if len(found) == AT_ONCE else None


@transaction.atomic
def move(clock: Clock, rule: Rule, *, by: Actor, at: datetime) -> None:
    """Move a running clock to a newer version of its rule, openly: its date is computed anew.

    :raises ValidationError: the clock has ended, or the version is no newer one of its rule
    """
    allow(rules.may_change_rule(by))
    old = clock.rule
    if clock.stopped_at is not None:
        raise ValidationError(_("This clock has ended."))
    if old is None or rule.code != old.code or rule.version <= old.version:
        raise ValidationError(_("Choose a newer version of the rule this clock runs by."))
    facts = {"old": old.version, "new": rule.version, "was_due_at": clock.due_at.isoformat()}
    before = {n: getattr(clock, n) for n in ("rule", "value", "unit", "sense", "rolls")}
    with sentences():
        limit = rule.limit
        new = {
            "rule": rule,
            "value": limit.value,
            "unit": str(limit.unit),
            "sense": str(limit.sense),
            "rolls": limit.rolls,
        }
        for name, value in new.items():
            setattr(clock, name, value)
        try:
            reckon(clock, **new)
        except (Refused, MoveLost):
            for name, value in before.items():
                setattr(clock, name, value)
            raise
    facts["due_at"] = clock.due_at.isoformat()
    record(clock, verb="move", by=by, at=at, facts=facts)

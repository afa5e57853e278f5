"""Rules are versions: a new one is added beside the old, which running clocks keep."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost
from gongzhi.deadlines import rules
from gongzhi.deadlines.actions.writing import allow, reckon, sentences
from gongzhi.deadlines.clocks import Refused, limit_of
from gongzhi.deadlines.models import Clock, Rule
from gongzhi.deadlines.readers import seeded_rules

NO_CLOCKS = {"person", "second", "promptly"}  # what laws count besides time


@transaction.atomic
def add_rule(code: str, *, by: Actor, at: datetime, **facts: Any) -> Rule:
    """Add a version of a rule, or a new one; fields not given are those of the version before.

    :raises ValidationError: it has no unit, no sensible value, no law, or ends before it begins
    """
    allow(rules.may_change_rule(by))
    latest = Rule.objects.filter(code=code).order_by("version").last()
    before = model_to_dict(latest, exclude=["id"]) if latest else {}
    rule = Rule(**(before | facts | {"code": code, "version": before.get("version", 0) + 1}))
    _check(rule)
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


def _check(rule: Rule) -> None:
    if not rule.law.strip():
        raise ValidationError(_("A rule needs the law or order it follows from."))
    if rule.valid_until is not None and rule.valid_until < rule.valid_from:
        raise ValidationError(_("A rule cannot end before it begins."))
    with sentences():
        if rule.unit not in NO_CLOCKS:
            limit_of(rule.value, rule.unit, rule.sense, rolls=rule.rolls)
        if rule.more_value is not None:
            limit_of(rule.more_value, rule.more_unit)
    rule.clean_fields()


def _stored(rule: Rule, by: Actor, at: datetime) -> Rule:
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError as clash:
        raise MoveLost(_("Somebody else was first. Look again at how it stands now.")) from clash
    facts = {"code": rule.code, "version": rule.version, "value": rule.value, "unit": rule.unit}
    record(rule, verb="rule.add", by=by, at=at, first=True, facts=facts)
    return rule


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

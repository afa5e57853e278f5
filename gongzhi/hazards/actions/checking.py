"""Checks of places by checklists: planned, made, and what failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.moves import MoveLost
from gongzhi.hazards import queries, rules
from gongzhi.hazards.actions.kinds import allow, read
from gongzhi.hazards.models import Check, Checklist, Finding, Kind, Question, Visit
from gongzhi.hazards.objects import refuse_no_place
from gongzhi.hazards.states import ONLY_HERE
from gongzhi.places.models import Place


@transaction.atomic
def add_checklist(*, name_zh: str, name_en: str, source: str, by: Actor, at: datetime) -> Checklist:
    """Add a checklist without questions.

    :raises ValidationError: its name is taken, or speaks of persons or homes
    """
    allow(by)
    refuse_no_place(f"{name_zh}\n{name_en}")
    row = Checklist(name_zh=name_zh, name_en=name_en, source=source)
    row.full_clean()
    row.save(force_insert=True)
    facts = {"name_zh": name_zh, "name_en": name_en, "source": source}
    record(row, verb="checklist.add", by=by, at=at, first=True, facts=facts)
    return row


@transaction.atomic
def add_question(checklist: Checklist, *, by: Actor, at: datetime, **facts: Any) -> Question:
    """Add a question to a checklist: answered no, it is a hazard of its kind.

    :raises ValidationError: it asks about persons or homes
    """
    allow(by)
    refuse_no_place(f"{facts['text_zh']}\n{facts['text_en']}")
    row = Question(checklist=checklist, **facts)
    row.full_clean(exclude=["checklist", "kind"])
    row.save(force_insert=True)
    said = {"text_zh": row.text_zh, "kind": row.kind.code}
    record(checklist, verb="checklist.add_question", by=by, at=at, facts=said)
    return row


@transaction.atomic
def drop_question(row: Question, *, by: Actor, at: datetime) -> None:
    """Ask a question no more; what it found stays."""
    allow(by)
    Question.objects.filter(pk=row.pk).update(is_active=False)
    facts = {"text_zh": row.text_zh}
    record(row.checklist, verb="checklist.drop_question", by=by, at=at, facts=facts)


@transaction.atomic
def seed_checklists(*, by: Actor, at: datetime) -> int:
    """Add the checklists that come with the software and are not there; return how many."""
    allow(by)
    known = set(Checklist.objects.values_list("name_zh", flat=True))
    kinds = {row.code: row for row in Kind.objects.all()}
    made: dict[str, Checklist] = {}
    for line in read("checklists.csv"):
        name = line["name_zh"]
        if name in known:
            continue
        if name not in made:
            heads = {key: line[key] for key in ("name_zh", "name_en", "source")}
            made[name] = add_checklist(**heads, by=by, at=at)
        facts = {key: line[key] for key in ("text_zh", "text_en")}
        facts |= {key: int(line[key]) for key in ("likelihood", "severity")}
        add_question(made[name], **facts, kind=kinds[line["kind"]], by=by, at=at)
    return len(made)


@transaction.atomic
def plan(
    checklist: Checklist,
    *,
    name: str,
    place: Place,
    every_days: int,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Check:
    """Have a place checked by a checklist every so many days, first on ``due_on``.

    :raises PermissionDenied: neither an administrator nor a supervisor of the place
    :raises ValidationError: it would begin in the past, or its name speaks of persons or homes
    """
    if not rules.may_plan(by, place.path):
        raise PermissionDenied(_("Only an administrator or a supervisor of the place may do this."))
    if due_on < localdate(at):
        raise ValidationError({"due_on": _("This day is over: choose a later one.")})
    try:
        refuse_no_place(name)
    except ValidationError as fault:
        raise ValidationError({"name": fault}) from fault
    row = Check(
        checklist=checklist,
        name=text.clean(name),
        place=place,
        chain=place.path,
        every_days=every_days,
        due_on=due_on,
    )
    row.full_clean(exclude=["place", "checklist"])
    row.save(force_insert=True)
    facts = {"place": place.code, "every_days": every_days, "due_on": due_on.isoformat()}
    record(row, verb="check.plan", by=by, at=at, first=True, facts=facts, told={"name": row.name})
    return row


@transaction.atomic
def end(check: Check, *, by: Actor, at: datetime) -> None:
    """Check a place no more; what was found there stays."""
    if not rules.may_plan(by, check.chain):
        raise PermissionDenied(_("Only an administrator or a supervisor of the place may do this."))
    Check.objects.filter(pk=check.pk).update(is_active=False)
    record(check, verb="check.end", by=by, at=at)


@transaction.atomic
def visit(
    check: Check, *, failed: Mapping[UUID, str], due_on: date, by: Actor, at: datetime
) -> Visit:
    """Keep that a place was checked: which questions failed, with a few words each; the next is set.

    ``due_on`` is the date that the reader's page showed: a check is made once for it.

    :raises PermissionDenied: not somebody who works at the place
    :raises ValidationError: words speak of persons or homes
    :raises MoveLost: somebody else has made it meanwhile
    """
    if not rules.may_visit(by, check):
        raise PermissionDenied(ONLY_HERE)
    today = localdate(at)
    held = Check.objects.filter(pk=check.pk, due_on=due_on, is_active=True)
    if not held.update(due_on=today + timedelta(days=check.every_days)):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    check.due_on = today + timedelta(days=check.every_days)
    asked = {row.pk: row for row in queries.questions(check.checklist_id)}
    found = {pk: text.clean(words) for pk, words in failed.items() if pk in asked}
    refuse_no_place("\n".join(found.values()))
    row = Visit.objects.create(done=check, on=today, n_asked=len(asked), n_failed=len(found))
    Finding.objects.bulk_create(
        Finding(visit=row, question=asked[pk], words=words) for pk, words in found.items()
    )
    facts = {"on": today.isoformat(), "asked": len(asked), "failed": len(found)}
    record(check, verb="check.visit", by=by, at=at, facts=facts)
    return row

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from gongzhi.audit.models import Entry
from gongzhi.deadlines.clocks import Course, Days, Explanation, Limit, explain
from gongzhi.deadlines.models import LOOP, Rule
from gongzhi.deadlines.queries import default_days, kept_named
from gongzhi.matters import limits, words
from gongzhi.matters.clocks import PROMISED, clocks
from gongzhi.matters.models import Matter, MatterQuerySet, OfficeTask
from gongzhi.matters.queries.matters import course_of
from gongzhi.matters.states import TASK_OPEN


def explained(matter: Matter, clock: str = "answer") -> Explanation:
    """Return why a running clock of ``matter`` is due when it is, day by day, by what it runs by.

    :raises ValueError: it does not run
    """
    if clock == "answer" and not matter.agreed_by:
        return explain(course_of(matter), default_days(), matter.ground)
    if clock == "contact":
        since, rule = matter.acknowledged_at, matter.contact_rule
    else:
        since, rule = matter.due_from, matter.due_rule
    if since is None or rule is None or clock not in running(matter):
        raise ValueError(clock)
    return explain(Course(since, rule.limit), days_by(matter, clock), rule.cited)


def running(matter: Matter) -> set[str]:
    """Return the names of the clocks that run on ``matter``: no query."""
    counts = matter.state in PROMISED and matter.counted_from and not matter.agreed_by
    found = {"answer"} if counts else set()
    if matter.state in PROMISED and matter.contact_by and not matter.contacted_at:
        found.add("contact")
    return found | ({limits.STEPS[matter.state]} if matter.due_rule_id else set())


def days_by(matter: Matter, clock: str) -> Days:
    """Return the working days by which a clock of ``matter`` runs: an office's, or the centre's."""
    is_office = clock in limits.AT_OFFICE
    return limits.days_at_office(matter) if is_office else default_days()


def clock_lines(matter: Matter, entries: Iterable[Entry], at: datetime) -> list[words.ClockLine]:
    """Return the clocks of ``matter`` beside each other, as its history tells (no query)."""
    runs = running(matter)
    ground, limit = matter.ground, limits.answering(matter)
    own: tuple[Limit | None, str, str] = (limit, ground, "")
    if matter.agreed_by:
        own = (None, _("promised where it comes from"), "")
    found = []
    for clock in clocks(entries):
        rule = kept_named(clock.rule) if clock.rule else None
        by = (rule.limit, rule.cited, str(rule)) if rule else own
        found.append(
            words.clock_line(clock, *by, at=at, days=default_days(), runs=clock.name in runs)
        )
    return found


def timed(after: UUID | None) -> MatterQuerySet:
    """Return the matters on which a clock runs, by key, from ``after`` on, with what it follows from."""
    found = Matter.objects.live().filter(due_at__isnull=False)
    if after:
        found = found.filter(pk__gt=after)
    rows = "waitings", "deferrals", "extensions"
    joined = found.select_related("kind", "duty", "office", "due_rule", "contact_rule")
    return joined.prefetch_related(*rows).order_by("pk")


def helping(matters: Iterable[Matter]) -> dict[UUID, list[OfficeTask]]:
    """Return the open tasks of co-offices on ``matters``, with their offices, by matter (one query)."""
    found = OfficeTask.objects.filter(matter__in=list(matters), lead=False, state__in=TASK_OPEN)
    tasks: dict[UUID, list[OfficeTask]] = {}
    for task in found.select_related("office").order_by("id"):
        tasks.setdefault(task.matter_id, []).append(task)
    return tasks


def columns_of(rule: Rule) -> tuple[str, str]:
    """Return the columns of a matter that hold a rule of the loop, and the date it gives."""
    is_contact = rule.code.startswith(f"{LOOP}contact")
    return ("contact_rule", "contact_by") if is_contact else ("due_rule", "due_at")


def under(code: str) -> MatterQuerySet:
    """Return the matters on which a clock runs by some version of a rule of the loop."""
    if code.startswith(f"{LOOP}contact"):
        found = Matter.objects.live().filter(contacted_at=None, state__in=sorted(PROMISED))
        return found.filter(contact_rule__code=code)
    return Matter.objects.live().filter(due_rule__code=code)


def under_older(rule: Rule, after: UUID | None) -> MatterQuerySet:
    """Return those of `timed` that run by an older version of ``rule``."""
    older = {f"{columns_of(rule)[0]}__version__lt": rule.version}
    return timed(after).filter(pk__in=under(rule.code).filter(**older).values("pk"))


def open_by_version(rule: Rule) -> dict[int, int]:
    """Return on how many matters a clock runs by each version of ``rule`` (one query)."""
    version = f"{columns_of(rule)[0]}__version"
    return dict(under(rule.code).values_list(version).annotate(n=Count("pk")).order_by(version))

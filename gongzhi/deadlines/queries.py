from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gongzhi.base.kept import kept
from gongzhi.deadlines import clocks
from gongzhi.deadlines.clocks import Course, Days, Explanation, Hours, Standing
from gongzhi.deadlines.models import Calendar, Clock, Day, Extension, Pause, Rule, Ruling

FIRST, LAST = date(2010, 1, 1), date(2040, 12, 31)  # laid out as a list; beyond, the week repeats


def load_days(calendar: Calendar) -> Days:
    """Return the working days of a calendar as its rows say now (one query)."""
    unlike = {
        on.toordinal(): (works, name)
        for on, works, name in Day.objects.filter(calendar=calendar).values_list(
            "on", "works", "name"
        )
    }
    hours = spans(calendar.hours)
    week = tuple(spans(one) for one in calendar.week) or (hours,) * 5 + ((),) * 2
    every = range(min([FIRST.toordinal(), *unlike]), max([LAST.toordinal(), *unlike]) + 1)
    return Days(
        zone=ZoneInfo(calendar.zone),
        work=tuple(n for n in every if (unlike[n][0] if n in unlike else week[(n - 1) % 7])),
        hours=hours,
        confirmed=calendar.confirmed_until,
        week=week,
        names={n: name for n, (_works, name) in unlike.items() if name},
    )


def spans(rows: Sequence[Sequence[str]]) -> Hours:
    """Return office hours as times; 24:00 is the midnight that ends the day."""
    return tuple((_time(opens), _time(closes)) for opens, closes in rows)


def _time(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)


@kept()
def days_of(calendar_id: UUID) -> Days:
    """Return the working days of a calendar; kept in the process for a minute (two queries)."""
    return load_days(Calendar.objects.get(pk=calendar_id))


def default_days() -> Days:
    """Return the working days of the installation's own calendar, for steps no office owns."""
    return _default_days(settings.CALENDAR)


@kept()
def _default_days(code: str) -> Days:
    return days_of(Calendar.objects.values_list("pk", flat=True).get(code=code))


def rules_on(day: date) -> QuerySet[Rule]:
    """Return the rules that hold on ``day``, each in its latest version of then, by code."""
    newer = Rule.objects.filter(
        code=OuterRef("code"), version__gt=OuterRef("version"), valid_from__lte=day
    )
    holding = Q(valid_until=None) | Q(valid_until__gte=day)
    return Rule.objects.filter(holding, valid_from__lte=day).exclude(Exists(newer)).order_by("code")


def rule_on(code: str, day: date) -> Rule | None:
    """Return the version of a rule that holds on ``day``, or None."""
    return rules_on(day).filter(code=code).first()


@kept()
def _versions() -> dict[str, list[Rule]]:
    """Return the versions of every rule by code, the latest first; kept a minute (one query)."""
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in Rule.objects.order_by("-version"):
        found[rule.code].append(rule)
    return dict(found)


def forget_rules() -> None:
    """Forget the rules that are kept in this process: a version was added."""
    _versions.cache_clear()


def kept_rule(code: str, day: date) -> Rule | None:
    """Return the version of a rule that never ends which holds on ``day``: no query.

    Before the first version held, the first holds: history is older than any rulebook.
    """
    known = _versions().get(code, [])
    return next((rule for rule in known if rule.valid_from <= day), known[-1] if known else None)


def kept_named(name: str) -> Rule | None:
    """Return the version of a rule that ``str`` calls ``name``, such as “loop.accept 1”: no query."""
    known = _versions().get(name.rpartition(" ")[0], [])
    return next((rule for rule in known if str(rule) == name), None)


def clocks_of(subject: UUID) -> QuerySet[Clock]:
    """Return the clocks of something, the first started first."""
    return Clock.objects.filter(subject=subject).select_related("rule").order_by("started_at", "pk")


def open_under(code: str) -> QuerySet[Clock]:
    """Return the clocks that run by some version of a rule."""
    return Clock.objects.filter(rule__code=code, stopped_at=None).select_related("rule")


def open_by_version(code: str) -> dict[int, int]:
    """Return how many clocks run by each version of a rule (one query)."""
    rows = Clock.objects.filter(rule__code=code, stopped_at=None).values_list("rule__version")
    return dict(rows.annotate(n=Count("pk")).order_by("rule__version"))


def courses(some: Sequence[Clock]) -> dict[UUID, Course]:
    """Return how clocks ran, with their pauses and granted extensions (two queries)."""
    pauses: dict[UUID, list[clocks.Pause]] = defaultdict(list)
    more: dict[UUID, list[clocks.Limit]] = defaultdict(list)
    for pause in Pause.objects.filter(clock__in=some).order_by("begins_at"):
        pauses[pause.clock_id].append(pause.span)
    granted = Extension.objects.filter(clock__in=some, state=Ruling.APPROVED)
    for extension in granted.order_by("ruled_at", "pk"):
        more[extension.clock_id].append(extension.limit)
    return {c.pk: Course(c.started_at, c.limit, pauses[c.pk], more[c.pk]) for c in some}


def explain(clock: Clock) -> Explanation:
    """Return why ``clock`` is due when it is, day by day, with its article."""
    article = clock.rule.cited if clock.rule else ""
    return clocks.explain(courses([clock])[clock.pk], days_of(clock.calendar_id), article)


def standing_of(clock: Clock, at: datetime) -> Standing:
    """Return how ``clock`` stands at ``at``, from its row alone."""
    return clocks.standing(
        clock.due_at,
        at,
        clock.limit,
        days_of(clock.calendar_id),
        stopped_at=clock.stopped_at,
        is_paused=clock.paused_until is not None and at < clock.paused_until,
    )


def was_late(clock: Clock, at: datetime) -> bool:
    """Return whether a clock was stopped too late, or runs on past its date at ``at``."""
    days = days_of(clock.calendar_id)
    return clocks.is_late(clock.due_at, clock.stopped_at or at, clock.limit, days)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import offices
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import select
from gongzhi.deadlines.models import Clock
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import Matter, OfficeTask
from gongzhi.meetings import rules
from gongzhi.meetings.models import (
    AgendaItem,
    Attendance,
    Resolution,
    Situation,
    Summons,
    SummonsQuerySet,
)
from gongzhi.meetings.states import UNDONE, Answer, Sort, State
from gongzhi.places.queries import below

MOST = 100  # what a pile shows: nobody has more before them
MOST_OF_MONTH = 500
YEAR = timedelta(days=365)


def had(matter: Matter) -> list[Office]:
    """Return the offices that have or had ``matter``, the first first (one query)."""
    tasks = OfficeTask.objects.filter(matter=matter).order_by("given_at")
    named = dict.fromkeys(tasks.values_list("office", flat=True))
    return [office for key in named if (office := offices().get(key))]


def consultation(matter: Matter) -> Summons | None:
    """Return the consultation on ``matter`` that is open."""
    return Summons.objects.live().filter(matter=matter, sort=Sort.CONSULTATION).first()


def about(matter: Matter, to: Staff) -> list[Summons]:
    """Return what ``to`` may see of the calls about ``matter``, the latest first.

    One query where there was none, else two.
    """
    if not select(Summons, matter=matter):
        return []
    found = rules.visible(Summons.objects.filter(matter=matter), to)
    return list(found.order_by("-begins_at")[:10])


def offices_around(path: str) -> QuerySet[Office]:
    """Return the offices that serve the place at ``path`` or a place below it, by code."""
    above = [path[: n + 1] for n, char in enumerate(path) if char == "/"]
    around = Q(place__path__in=above) | below("place__path", [path])
    return Office.objects.filter(around, is_active=True).order_by("place__path", "code")


# --- Piles: what waits for whom.


def of_offices(to: Staff, **where: object) -> Exists:
    """Return the condition that an office of ``to`` was called, and stands so."""
    return Exists(
        Attendance.objects.filter(summons=OuterRef("pk"), office__in=to.offices(), **where)
    )


def pile(name: str, to: Staff, at: datetime) -> SummonsQuerySet:
    """Return what waits for ``to``: to answer, to go to, to record."""
    mine = below("chain", rules.convened(to))
    match name:
        case "answer":
            found = Summons.objects.filter(of_offices(to, state=Answer.ASKED), state=State.CALLED)
        case "record":
            due = Q(state=State.HELD) | Q(state=State.CALLED, begins_at__lte=at)
            found = Summons.objects.filter(mine, due)
        case _:
            to_come = Summons.objects.filter(state=State.CALLED, begins_at__gt=at)
            found = rules.visible(to_come, to)
    return found.order_by("begins_at", "id")


def month(to: Staff, first: date) -> SummonsQuerySet:
    """Return what ``to`` may see of a month, the latest first."""
    later = (first + timedelta(days=31)).replace(day=1)
    zone = default_days().zone
    begins, ends = (datetime(d.year, d.month, 1, tzinfo=zone) for d in (first, later))
    of_month = Summons.objects.filter(begins_at__gte=begins, begins_at__lt=ends)
    return rules.visible(of_month, to).order_by("-begins_at", "-id")


def today(to: Staff, at: datetime) -> SummonsQuerySet:
    """Return what ``to`` may see of the day of ``at``, the earliest first."""
    day = at.astimezone(default_days().zone).replace(hour=0, minute=0, second=0, microsecond=0)
    of_day = Summons.objects.filter(begins_at__gte=day, begins_at__lt=day + timedelta(days=1))
    return rules.visible(of_day, to).order_by("begins_at", "id")


def resolutions(to: Staff) -> QuerySet[Resolution]:
    """Return what is resolved and not done: of the own office, or convened by ``to``."""
    mine = below("summons__chain", rules.convened(to)) | Q(office__in=to.offices())
    found = Resolution.objects.filter(mine, state__in=sorted(UNDONE))
    return found.select_related("office", "summons__matter").order_by("until", "id")


def counts(to: Staff, at: datetime) -> dict[str, int]:
    """Return how many lie on each pile (4 queries)."""
    piles = {name: pile(name, to, at).count() for name in ("answer", "coming", "record")}
    return piles | {"resolutions": resolutions(to).count()}


# --- Rows: a fixed number of queries, however many.


@dataclass(slots=True)
class Row:
    """A summons as a list shows it, with the offices called and the clocks of their answers."""

    summons: Summons
    mine: list[Attendance]
    clocks: dict[UUID, Clock] = field(default_factory=dict)

    @property
    def n_called(self) -> int:
        return len(self.summons.attendances.all())

    def n(self, *states: str) -> int:
        """Return how many offices stand so."""
        return sum(one.state in states for one in self.summons.attendances.all())

    @property
    def n_coming(self) -> int:
        return self.n(Answer.COMING, Answer.ARRIVED)

    @property
    def n_arrived(self) -> int:
        return self.n(Answer.ARRIVED)

    @property
    def first_item(self) -> AgendaItem | None:
        """The first thing on the agenda of a joint meeting."""
        return next(iter(self.summons.agenda.all()), None)


def rows(found: SummonsQuerySet, to: Staff, most: int = MOST) -> list[Row]:
    """Return the first of ``found`` as rows (4 queries)."""
    attendances = Prefetch("attendances", Attendance.objects.order_by("office__code"))
    agenda = Prefetch("agenda", AgendaItem.objects.select_related("matter__kind"))
    some = list(found.with_names().prefetch_related(attendances, agenda)[:most])
    mine = {s.pk: [a for a in s.attendances.all() if to.serves_office(a.office_id)] for s in some}
    clocks = clocks_of(a for theirs in mine.values() for a in theirs)
    return [Row(one, mine[one.pk], clocks) for one in some]


def clocks_of(attendances: Iterable[Attendance]) -> dict[UUID, Clock]:
    """Return the clock of each attendance's answer, the one begun last (one query)."""
    keys = [one.pk for one in attendances]
    begun = Clock.objects.filter(subject__in=keys).order_by("round")
    return {clock.subject: clock for clock in begun} if keys else {}


def seen_matters(some: Iterable[UUID], to: Actor) -> dict[UUID, Matter]:
    """Return those of the matters ``to`` may see (one query): only they are linked and titled."""
    keys = list(some)
    found = matter_rules.visible(Matter.objects.filter(pk__in=keys), to)
    return {matter.pk: matter for matter in found.only("id", "number", "title")} if keys else {}


# --- The call list.


def situations(on: date) -> list[Situation]:
    """Return the call list of a day, with offices and classes (one query)."""
    listed = Situation.objects.listed(on).select_related("office", "kind_class")
    return list(listed.order_by("duty", "office__code", "code"))


def editions(code: str) -> list[Situation]:
    """Return the editions of a row of the call list, the latest first."""
    found = Situation.objects.filter(code=code).select_related("office", "kind_class")
    return list(found.order_by("-edition"))


def latest_editions() -> QuerySet[Situation]:
    """Return every row of the call list in its latest edition: in force, to come, or ended."""
    newer = Situation.objects.filter(code=OuterRef("code"), edition__gt=OuterRef("edition"))
    found = Situation.objects.exclude(Exists(newer)).select_related("office", "kind_class")
    return found.order_by("duty", "office__code", "code")


def bound(office: Office, matter: Matter, listed: Sequence[Situation]) -> list[Situation]:
    """Return for which of the ``listed`` situations ``office`` must come about ``matter``."""
    classes = {None, matter.kind.kind_class_id}
    return [
        one
        for one in listed
        if one.kind_class_id in classes and (one.office_id or one.duty) in (office.pk, office.duty)
    ]


# --- Figures of offices.


@dataclass(frozen=True, slots=True)
class Figure:
    """How an office answered its calls: of ``n`` called, how many in time, how many were there."""

    office: Office
    n: int
    in_time: int
    arrived: int

    @property
    def in_time_percent(self) -> int:
        return round(100 * self.in_time / self.n)

    @property
    def arrived_percent(self) -> int:
        return round(100 * self.arrived / self.n)


def figures(to: Staff, at: datetime) -> list[Figure]:
    """Return for each office how it answered what ``to`` convenes, over a year (one query).

    Counted is what was held: n is how often the office was called; in time is an answer given by
    the last date of its clock.
    """
    last = Clock.objects.filter(subject=OuterRef("pk")).order_by("-round")
    held = Attendance.objects.filter(
        below("summons__chain", rules.convened(to)),
        summons__state__in=[State.HELD, State.ENDED],
        summons__begins_at__gt=at - YEAR,
    )
    in_time = Count("pk", filter=Q(answered_at__lte=F("due_at")))
    arrived = Count("pk", filter=Q(state=Answer.ARRIVED))
    counted = held.annotate(due_at=Subquery(last.values("due_at")[:1])).values("office")
    found = counted.annotate(n=Count("pk"), in_time=in_time, arrived=arrived).order_by(
        "-n", "office"
    )
    return [
        Figure(office, row["n"], row["in_time"], row["arrived"])
        for row in found
        if (office := offices().get(row["office"]))
    ]

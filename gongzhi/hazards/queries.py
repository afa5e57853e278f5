"""Hazards in lists, on the map and in figures; what came back; what is due to be checked."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from gongzhi.accounts.models import Office, Staff
from gongzhi.deadlines.clocks import Course, Days, Explanation, Limit, dues, explain, limit_of
from gongzhi.deadlines.models import Rule
from gongzhi.deadlines.queries import days_of, kept_rule
from gongzhi.hazards import rules
from gongzhi.hazards.models import (
    Check,
    Checklist,
    Finding,
    Hazard,
    HazardQuerySet,
    Kind,
    Level,
    Matrix,
    Question,
    Visit,
)
from gongzhi.hazards.states import OPEN, UNDERWAY, State
from gongzhi.hazards.words import SOON_DAYS
from gongzhi.places.models import Place, name_for_reader
from gongzhi.places.queries import below

PAGE = 50
ON_MAP = 500
AT_ONCE = 200
FEW = 5
NARROW = ("kind", "place", "place__level", "office")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to; ``state`` is one, or "open", or "overdue"."""

    level: str = ""
    kind: Kind | None = None
    place: Place | None = None
    office: Office | None = None
    state: str = ""
    listed: bool = False


def narrowed(asked: Asked, to: Staff, on: date) -> HazardQuerySet:
    """Return the hazards that are asked for, of those ``to`` may see, the latest first."""
    found = rules.visible(Hazard.objects.all(), to)
    if asked.level:
        found = found.filter(level=asked.level)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.place:
        found = found.filter(below("chain", [asked.place.path]))
    if asked.office:
        found = found.filter(office=asked.office)
    if asked.listed:
        found = found.listed()
    if asked.state == "open":
        found = found.open()
    elif asked.state == "overdue":
        found = found.overdue(on)
    elif asked.state:
        found = found.filter(state=asked.state)
    return with_names(found).order_by("-pk")


def with_names(found: HazardQuerySet) -> HazardQuerySet:
    """Return ``found`` with what a row says."""
    return found.select_related(*NARROW).defer("place__boundary", "place__also")


def page(
    found: HazardQuerySet, after: UUID | None, size: int = PAGE
) -> tuple[list[Hazard], UUID | None]:
    """Return the rows after a key, and the key after which the next page begins (one query)."""
    rows = list(found.filter(pk__lt=after)[: size + 1] if after else found[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def counts(found: HazardQuerySet, on: date) -> dict[str, int]:
    """Return how many of those found there are, are open, overdue and major (one query)."""
    is_open = Q(state__in=OPEN)
    return found.order_by().aggregate(
        all=Count("pk"),
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=Q(state__in=UNDERWAY, due_on__lt=on)),
        major=Count("pk", filter=is_open & Q(level="major")),
    )


def kinds() -> QuerySet[Kind]:
    """Return all kinds by code."""
    return Kind.objects.order_by("code")


def matrix(on: date) -> Matrix | None:
    """Return the edition of the matrix that holds on a day (one query)."""
    return Matrix.objects.filter(valid_from__lte=on).order_by("-edition").first()


def steps(pairs: list[list[str]]) -> list[str]:
    """Return what the steps of a matrix are called in the reader's language, the least first."""
    return [name_for_reader(zh, en) for zh, en in pairs]


def grid(held: Matrix) -> list[tuple[str, list[Level]]]:
    """Return a matrix to be drawn, the likeliest first: what the row is called, and its levels."""
    rows = [[Level(cell) for cell in row] for row in held.cells]
    return list(zip(steps(held.likelihoods), rows, strict=True))[::-1]


def before(kind: Kind, place: Place, on: date) -> Hazard | None:
    """Return the last one of a kind at a place or below that was accepted not long before a day.

    How long is said by the kind (one query).
    """
    found = Hazard.objects.filter(kind=kind, state=State.ACCEPTED)
    found = found.filter(below("chain", [place.path]), accepted_on__lte=on)
    since = months_before(on, kind.recurs_months)
    return found.filter(accepted_on__gte=since).order_by("-accepted_on", "-pk").first()


def alike(hazard: Hazard) -> HazardQuerySet:
    """Return what else is open of the same kind at the same place: perhaps registered twice."""
    found = Hazard.objects.open().filter(kind=hazard.kind_id, place=hazard.place_id)
    return found.exclude(pk=hazard.pk).order_by("pk")[:FEW]


def months_before(day: date, n: int) -> date:
    """Return the day ``n`` months before, or the last one of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 - n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def rule(level: str, on: date) -> Rule | None:
    """Return the rule that bounds the date of a level, where this installation has one: no query."""
    found = kept_rule(f"hazard.{level}", on)
    if found is None or found.valid_from > on or (found.valid_until and found.valid_until < on):
        return None
    return found


def latest(bound: Rule, office: Office, ordered_on: date, *, more: bool = False) -> date:
    """Return the last day on which a hazard ordered on a day must be put right by a rule.

    With ``more`` time granted where the rule knows an extension.
    """
    days = days_of(office.calendar_id)
    longer = more and bound.more_value is not None
    added = [limit_of(bound.more_value or 0, bound.more_unit)] if longer else []
    return dues(_course(bound, days, ordered_on, added), days)[-1].at.astimezone(days.zone).date()


def explained(bound: Rule, office: Office, ordered_on: date) -> Explanation:
    """Return day by day why a hazard ordered on a day must be put right by a rule's date."""
    days = days_of(office.calendar_id)
    return explain(_course(bound, days, ordered_on, []), days, bound.cited)


def _course(bound: Rule, days: Days, ordered_on: date, added: list[Limit]) -> Course:
    since = datetime.combine(ordered_on, time(12), days.zone)  # dates alone are told and kept
    return Course(since, bound.limit, [], added)


@dataclass(frozen=True, slots=True)
class Kept:
    """How an office keeps its duty: of how many hazards, and of those accepted how many in time."""

    office: str
    n_open: int
    n_overdue: int
    n_accepted: int
    n_in_time: int
    n_failed: int
    n_postponed: int

    @property
    def share(self) -> int | None:
        """Return how many of a hundred were in time, or None where none was accepted."""
        return round(100 * self.n_in_time / self.n_accepted) if self.n_accepted else None


def kept_by_offices(found: HazardQuerySet, since: date, on: date) -> list[Kept]:
    """Return how offices keep their duty, by name: open now, accepted since a day (one query)."""
    done = Q(state=State.ACCEPTED, accepted_on__gte=since)
    told = (
        found.filter(office__isnull=False)
        .order_by()
        .values_list("office__name_zh", "office__name_en")
        .annotate(
            n_open=Count("pk", filter=Q(state__in=OPEN)),
            n_overdue=Count("pk", filter=Q(state__in=UNDERWAY, due_on__lt=on)),
            n_accepted=Count("pk", filter=done),
            n_in_time=Count("pk", filter=done & Q(rectified_on__lte=F("due_on"))),
            n_failed=Sum("n_failed"),
            n_postponed=Sum("n_postponed"),
        )
    )
    rows = [Kept(name_for_reader(zh, en), *numbers) for zh, en, *numbers in told]
    return sorted(rows, key=lambda row: row.office)


def listed() -> HazardQuerySet:
    """Return what everybody may read: hazards on the list of supervision, the longest there first."""
    return with_names(Hazard.objects.listed()).order_by("listed_on", "pk")


def of_matter(matter: UUID) -> HazardQuerySet:
    """Return the hazards registered from a matter."""
    return Hazard.objects.filter(matter=matter).order_by("pk")


def to_remind(on: date) -> list[tuple[str, Hazard]]:
    """Return what is due soon or overdue and was not said yet, some at a time (two queries)."""
    underway = with_names(Hazard.objects.filter(state__in=UNDERWAY))
    late = underway.filter(due_on__lt=on).exclude(reminded="overdue")
    soon = underway.filter(
        state=State.ORDERED, reminded="", due_on__range=(on, on + timedelta(days=SOON_DAYS))
    )
    return [("overdue", row) for row in late.order_by("pk")[:AT_ONCE]] + [
        ("soon", row) for row in soon.order_by("pk")[:AT_ONCE]
    ]


# --- Checks.


def checklists() -> QuerySet[Checklist]:
    """Return all checklists by name, with how many questions each asks."""
    asked = Count("questions", filter=Q(questions__is_active=True))
    return Checklist.objects.annotate(n=asked).order_by("name_zh")


def questions(checklist: UUID) -> QuerySet[Question]:
    """Return what a checklist asks, in order."""
    found = Question.objects.filter(checklist=checklist, is_active=True)
    return found.select_related("kind").order_by("pk")


def checks(to: Staff) -> QuerySet[Check]:
    """Return the checks of the places that ``to`` serves, the first due first."""
    here = below("chain", {held.path for held in to.posts})
    found = Check.objects.filter(here, is_active=True).select_related("checklist", "place")
    return found.defer("place__boundary", "place__also").order_by("due_on", "pk")


def checks_to_remind(on: date) -> QuerySet[Check]:
    """Return the checks that are due on a day or late and of which nobody was reminded."""
    unsaid = Q(told_on=None) | Q(told_on__lt=F("due_on"))
    found = Check.objects.filter(unsaid, is_active=True, due_on__lte=on)
    return found.select_related("checklist").order_by("due_on", "pk")[:AT_ONCE]


def visits(check: Check) -> QuerySet[Visit]:
    """Return how often a place was checked, the latest first."""
    return Visit.objects.filter(done=check).order_by("-on", "-pk")


def findings(visit: Visit) -> QuerySet[Finding]:
    """Return what failed at a visit, with the hazards that it became."""
    found = Finding.objects.filter(visit=visit).select_related("question__kind", "hazard")
    return found.order_by("question")

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongzhi.accounts.models import Absence, Office, Post, Staff, User
from gongzhi.accounts.queries import has_second_step
from gongzhi.audit.models import Entry
from gongzhi.base.ids import tidy_number
from gongzhi.deadlines.clocks import Sort
from gongzhi.deadlines.models import Calendar, Clock, Day, Recount, Rule
from gongzhi.deadlines.queries import open_by_version, rule_on
from gongzhi.jobs.models import Beat, Job
from gongzhi.jobs.queries import failed
from gongzhi.matters import queries as matters
from gongzhi.matters.models import Duty, DutyQuerySet, Kind, Matter, Phrase, PhraseQuerySet
from gongzhi.matters.phrasing import check, fill, tidy
from gongzhi.matters.queries import rows_of
from gongzhi.matters.rules import barred
from gongzhi.places.models import Place
from gongzhi.places.queries import below, on_day
from gongzhi.places.rules import COMMUNITY_DIGITS

PAGE = 50
SHEETS = 60  # labels on one page of paper work: ten sheets of six
MOST_JOBS = 100
LATEST = 5
LOCALES = {"zh": "zh-hans", "en": "en"}  # in which phrases are written


@dataclass(frozen=True, slots=True)
class Overview:
    """How much of everything there is to manage."""

    places: int
    kinds: int
    offices: int
    people: int
    away: int
    waiting: int
    failed: int


def overview(at: datetime, on: date) -> Overview:
    """Return how much of everything there is (seven queries)."""
    return Overview(
        places=on_day(on).count(),
        kinds=Kind.objects.listed(on).count(),
        offices=Office.objects.filter(is_active=True).count(),
        people=User.objects.filter(is_active=True).count(),
        away=Absence.objects.filter(starts_at__lte=at, ends_at__gt=at).count(),
        waiting=Job.objects.filter(failed_at=None).count(),
        failed=failed().count(),
    )


def editions(code: str) -> QuerySet[Kind]:
    """Return the editions of a kind, the latest first."""
    return Kind.objects.filter(code=code).select_related("kind_class").order_by("-edition")


def catalogue(on: date) -> QuerySet[Kind]:
    """Return the latest edition of every kind, by class: those in force, to come, and ended."""
    later = Kind.objects.filter(
        code=OuterRef("code"), edition__gt=OuterRef("edition"), listed_on__lte=on
    )
    rows = Kind.objects.filter(~Exists(later)).select_related("kind_class")
    return rows.order_by("kind_class__rank", "code", "edition")


def duty_list(on: date, kind: str, office: Office | None) -> DutyQuerySet:
    """Return the rows in force on a day, of all kinds and offices or of one, in order."""
    found = Duty.objects.listed(on)
    if kind:
        found = found.filter(kind_code=kind)
    if office:
        part = rows_of([office.pk], on).values("pk")
        found = found.filter(pk__in=part)
    return found.with_names().order_by("kind_code", "place__path", "id")


def duty_page(found: DutyQuerySet, after: str) -> tuple[list[Duty], bool]:
    """Return the page of rows that follows the row with a key, and whether more follow."""
    with suppress(ValueError, Duty.DoesNotExist):
        last = Duty.objects.select_related("place").get(pk=UUID(after))
        here = Q(place__path__gt=last.place.path) | Q(place=last.place_id, pk__gt=last.pk)
        later = Q(kind_code__gt=last.kind_code) | Q(kind_code=last.kind_code) & here
        found = found.filter(later)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE


def phrase_list(on: date, move: str, kind: str) -> PhraseQuerySet:
    """Return the latest edition of every phrase, of all moves and kinds or of one, in order."""
    later = Phrase.objects.filter(
        code=OuterRef("code"), edition__gt=OuterRef("edition"), listed_on__lte=on
    )
    found = Phrase.objects.filter(~Exists(later))
    if move:
        found = found.filter(move=move)
    if kind:
        found = found.filter(kind_code=kind)
    return found.order_by("move", "code", "edition")


def phrase_page(found: PhraseQuerySet, after: str) -> tuple[list[Phrase], bool]:
    """Return the page of phrases that follows the one with a key, and whether more follow."""
    with suppress(ValueError, Phrase.DoesNotExist):
        last = Phrase.objects.get(pk=UUID(after))
        here = Q(code__gt=last.code) | Q(code=last.code, edition__gt=last.edition)
        found = found.filter(Q(move__gt=last.move) | Q(move=last.move) & here)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE


@dataclass(frozen=True, slots=True)
class Preview:
    """The texts of a phrase in one language as they stand on a sample, and what is wrong with them."""

    language: str
    name: str
    texts: list[str]
    faults: list[str]


def previews(said: Mapping[str, str], at: datetime) -> list[Preview]:
    """Return what is typed as a phrase, filled in in each language from a matter there is none of."""
    kind = matters.catalogue(localdate(at)).get(said.get("kind_code", ""))
    shown = []
    for code, name in (("zh", _("Chinese")), ("en", _("English"))):
        texts = [tidy(said.get(f"{part}_{code}", "")) for part in ("words", "remedy")]
        faults = [fault for text in texts if (fault := _fault(text))]
        with override(LOCALES[code]):
            values = matters.sample_values(kind, at)
        filled = [fill(text, values) for text in texts if text and not _fault(text)]
        shown.append(Preview(LOCALES[code], name, filled, faults))
    return shown


def _fault(text: str) -> str:
    try:
        check(text)
    except ValidationError as fault:
        return fault.messages[0]
    return ""


def tops(on: date) -> QuerySet[Place]:
    """Return the largest places of a day."""
    found = on_day(on).filter(parent=None).select_related("level").order_by("code")
    return found.annotate(n_parts=Count("parts"))


def parts(place: Place, on: date) -> QuerySet[Place]:
    """Return the places directly below one, with how many each has."""
    found = on_day(on).filter(parent=place).select_related("level").order_by("code")
    return found.annotate(n_parts=Count("parts"))


def wide(on: date) -> QuerySet[Place]:
    """Return the places of a day from the largest down to the communities, by path."""
    found = on_day(on).alias(digits=Length("code"))
    return found.filter(digits__lte=COMMUNITY_DIGITS).select_related("level").order_by("path")


def to_label(place: Place, after: str, on: date) -> list[Place]:
    """Return a place and all below it by path, after the place of path ``after``; one too many."""
    found = on_day(on).filter(below("path", [place.path]), path__gt=after)
    return list(found.select_related("level", "parent").order_by("path")[: SHEETS + 1])


def offices() -> QuerySet[Office]:
    """Return all offices with what the list shows."""
    held = Count("posts", filter=Q(posts__valid_to=None))
    rows = Office.objects.select_related("place", "calendar").annotate(n_posts=held)
    return rows.order_by("-is_active", "place__path", "code")


def people(asked: str, after: str, at: datetime) -> list[User]:
    """Return accounts by sign-in name from ``after`` on, with posts and second step; one too many."""
    posts = Post.objects.held(at).select_related("place", "office").order_by("role")
    found = User.objects.filter(username__gt=after)
    if asked:
        word = asked.strip()
        named = (
            Q(username__icontains=word) | Q(name_zh__icontains=word) | Q(name_en__icontains=word)
        )
        found = found.filter(named | Q(pk__in=Post.objects.filter(place__code=word).values("user")))
    held = Prefetch("posts", queryset=posts, to_attr="held")
    told = found.annotate(has_second_step=has_second_step()).prefetch_related(held)
    return list(told.order_by("username")[: PAGE + 1])


def who_served(user: User, at: datetime) -> QuerySet[Post]:
    """Return the posts of somebody that have ended."""
    rows = Post.objects.filter(user=user, valid_to__lte=at).select_related("place", "office")
    return rows.order_by("-valid_to")[:20]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The jobs of one topic that wait: how many, since when, how often the worst was tried."""

    topic: str
    n: int
    since: datetime
    attempts: int


def waiting() -> list[Waiting]:
    """Return what waits to be done, by topic (one query)."""
    rows = Job.objects.filter(failed_at=None).values("topic").order_by("topic")
    counted = rows.annotate(n=Count("pk"), since=Min("created_at"), attempts=Max("attempts"))
    return [Waiting(**row) for row in counted]


def stuck() -> list[Job]:
    """Return the jobs that wait for a person, the latest first."""
    return list(failed()[:MOST_JOBS])


def beats() -> QuerySet[Beat]:
    """Return what recurs, and when it is next due."""
    return Beat.objects.order_by("name")


def subject(asked: str) -> UUID | None:
    """Return the record that a matter's number or a key names, if it has a history."""
    number = tidy_number(asked)
    if number:
        return Matter.objects.filter(number=number).values_list("pk", flat=True).first()
    try:
        key = UUID(asked.strip())
    except ValueError:
        return None
    return key if Entry.objects.filter(subject=key).exists() else None


def kept_from(by: Staff, key: UUID) -> bool:
    """Return whether the record with this key is a matter that is kept from ``by`` (one query)."""
    matter = Matter.objects.filter(pk=key).first()
    return matter is not None and barred(by, matter)


def calendars() -> QuerySet[Calendar]:
    """Return the working calendars, with how many offices keep each."""
    kept_by = Office.objects.filter(calendar=OuterRef("pk"), is_active=True)
    counted = kept_by.order_by().values("calendar").annotate(n=Count("pk")).values("n")
    return Calendar.objects.annotate(n_offices=Coalesce(Subquery(counted), 0)).order_by("code")


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month: what its week and its list make of it."""

    on: date
    sort: Sort
    name: str
    is_provisional: bool

    @property
    def language(self) -> str:
        """Return the language of the name, if it is not the reader's anyway."""
        return language(self.name)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring days of one name that all are worked, or all off."""

    first: date
    last: date
    works: bool
    name: str

    @property
    def n(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    @property
    def language(self) -> str:
        """Return the language of the name."""
        return language(self.name)


def language(name: str) -> str:
    """Return the language a name is in, as pages mark it."""
    return "zh-Hans" if any("\u4e00" <= sign <= "\u9fff" for sign in name) else "en"


def listed_in(calendar: Calendar, year: int) -> list[Day]:
    """Return the days of a year that the list of a calendar names (one query)."""
    return list(Day.objects.filter(calendar=calendar, on__year=year).order_by("on"))


def month(calendar: Calendar, first: date, listed: Sequence[Day]) -> list[list[Cell | None]]:
    """Return the weeks of a month, Monday first, None where a week belongs to the month beside."""
    known = {day.on: day for day in listed}
    days = monthrange(first.year, first.month)[1]
    cells: list[Cell | None] = [None] * first.weekday()
    cells += [_cell(calendar, first.replace(day=n), known) for n in range(1, days + 1)]
    cells += [None] * (-len(cells) % 7)
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def _cell(calendar: Calendar, on: date, known: Mapping[date, Day]) -> Cell:
    week = calendar.week or [calendar.hours] * 5 + [[]] * 2
    usual, day = bool(week[on.weekday()]), known.get(on)
    if day and not day.works:
        sort = Sort.HOLIDAY  # also where it falls on a weekend
    elif day and not usual:
        sort = Sort.MAKE_UP
    else:
        sort = Sort.WORK_DAY if usual else Sort.WEEKEND
    return Cell(on, sort, day.name if day else "", on > calendar.confirmed_until)


def runs(listed: Sequence[Day]) -> list[Run]:
    """Return listed days with neighbours of one sort made one."""
    found: list[Run] = []
    for day in listed:
        last = found[-1] if found else None
        is_next = last is not None and last.last + timedelta(days=1) == day.on
        if last and is_next and (last.works, last.name) == (day.works, day.name):
            found[-1] = replace(last, last=day.on)
        else:
            found.append(Run(day.on, day.on, day.works, day.name))
    return found


def recounts(calendar: Calendar) -> list[Recount]:
    """Return the latest recomputings of a calendar's open clocks."""
    return list(Recount.objects.filter(calendar=calendar).order_by("-began_at")[:LATEST])


def open_clocks(calendar: Calendar) -> int:
    """Return how many clocks run by a calendar: a count along an index."""
    return Clock.objects.filter(calendar=calendar, stopped_at=None).count()


def rulebook(on: date) -> QuerySet[Rule]:
    """Return the latest version of every rule on a day, and those to come, by law."""
    later = Rule.objects.filter(
        code=OuterRef("code"), version__gt=OuterRef("version"), valid_from__lte=on
    )
    return Rule.objects.filter(~Exists(later)).order_by("law", "code", "version")


def versions(code: str) -> QuerySet[Rule]:
    """Return the versions of a rule, the latest first."""
    return Rule.objects.filter(code=code).order_by("-version")


@dataclass(frozen=True, slots=True)
class Running:
    """On how many things a clock runs by each version of a rule, and how many by an older one.

    ``to`` is the version that holds today, to which the older can be moved.
    """

    by_version: dict[int, int]
    to: int | None

    @property
    def n_older(self) -> int:
        """Return how many run by an older version than the one that holds today."""
        return sum(n for version, n in self.by_version.items() if self.to and version < self.to)


def running_under(rule: Rule, on: date) -> Running:
    """Return what runs by the versions of ``rule``, of matters and elsewhere (three queries)."""
    found = Counter(open_by_version(rule.code))
    found.update(matters.open_by_version(rule))
    today = rule_on(rule.code, on)
    return Running(dict(sorted(found.items(), reverse=True)), today.version if today else None)

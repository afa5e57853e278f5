from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Length

from gongzhi.accounts.models import Absence, Office, Post, User
from gongzhi.audit.models import Entry
from gongzhi.base.ids import tidy_number
from gongzhi.jobs.models import Beat, Job
from gongzhi.jobs.queries import failed
from gongzhi.matters.models import Kind, Matter
from gongzhi.places.models import Place
from gongzhi.places.queries import below, on_day
from gongzhi.places.rules import COMMUNITY_DIGITS

PAGE = 50
SHEETS = 60  # labels on one page of paper work: ten sheets of six
MOST_JOBS = 100


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


def duties() -> dict[str, str]:
    """Return the duties that an office has, by code, with the names of whose they are (one query).

    The offices of many townships with one duty have one name, without that of the township.
    """
    found: dict[str, list[str]] = {}
    for office in Office.objects.select_related("place").order_by("duty", "place__path", "code"):
        name = office.name.removeprefix(office.place.name).strip()
        names = found.setdefault(office.duty, [])
        if name not in names:
            names.append(name)
    return {duty: " / ".join(names) for duty, names in found.items()}


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
    """Return accounts by sign-in name from ``after`` on, with their posts; one too many."""
    posts = Post.objects.held(at).select_related("place", "office").order_by("role")
    found = User.objects.filter(username__gt=after)
    if asked:
        word = asked.strip()
        named = (
            Q(username__icontains=word) | Q(name_zh__icontains=word) | Q(name_en__icontains=word)
        )
        found = found.filter(named | Q(pk__in=Post.objects.filter(place__code=word).values("user")))
    held = Prefetch("posts", queryset=posts, to_attr="held")
    return list(found.prefetch_related(held).order_by("username")[: PAGE + 1])


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

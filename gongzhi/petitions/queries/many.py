"""What many raise, in groups of five and more, for those who can answer all at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import offices
from gongzhi.deadlines.models import Clock
from gongzhi.deadlines.queries import was_late
from gongzhi.petitions import rules
from gongzhi.petitions.models import Petition, PetitionQuerySet, Stage
from gongzhi.petitions.queries.piles import AWAITED
from gongzhi.petitions.states import LIVE, Sort, State
from gongzhi.places.models import Place
from gongzhi.places.queries import below

FEWEST = 5  # a smaller group could show whom it is about
YEAR = timedelta(days=365)
TOWNSHIP = 2  # how many codes of a path name a township


@dataclass(frozen=True, slots=True)
class Group:
    """How much was raised about one topic in one township that one office decides."""

    topic: str
    township: str
    office: Office
    year: int
    quarter: int | None
    month: int | None
    still_open: int | None


def groups(to: Staff, at: datetime) -> list[Group]:
    """Return what was raised within a year by topic, township and office, the largest first.

    A group, or a part of one, smaller than `FEWEST` is not shown: None.  One query.
    """
    own = Petition.objects.filter(keeper__in=rules.kept_by(to), received_at__gt=at - YEAR)
    columns = own.exclude(stage=None).values_list(
        "topic", "chain", "stage__office", "received_at", "state"
    )
    found: dict[tuple[str, str, UUID], list[tuple[datetime, str]]] = defaultdict(list)
    for topic, path, office, received_at, state in columns:
        found[topic, township(path), office].append((received_at, state))
    shown = [_group(key, each, at) for key, each in found.items() if len(each) >= FEWEST]
    return sorted(shown, key=lambda group: (-group.year, group.topic, group.township))


def township(path: str) -> str:
    """Return the path of the township of a place, or ``path`` where that lies above."""
    return "".join(f"{code}/" for code in path.split("/")[:-1][:TOWNSHIP])


def _group(key: tuple[str, str, UUID], each: list[tuple[datetime, str]], at: datetime) -> Group:
    topic, path, office = key
    since = [at - received_at for received_at, _state in each]
    return Group(
        topic,
        path,
        offices()[office],
        len(each),
        enough(sum(age <= timedelta(days=90) for age in since)),
        enough(sum(age <= timedelta(days=30) for age in since)),
        enough(sum(state in LIVE for _at, state in each)),
    )


def enough(n: int) -> int | None:
    """Return a count that is large enough to be shown, else None."""
    return n if n >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether an office kept its limits: the only figure that petitions feed."""

    office: Office
    n: int
    in_time: int


def kept_limits(to: Staff, at: datetime) -> list[Kept]:
    """Return for each office how many limits ended or passed within a year, and how many were kept.

    Of the petitions that the offices of ``to`` keep; two queries.
    """
    own = Petition.objects.filter(keeper__in=rules.kept_by(to)).values("pk")
    of = dict(Stage.objects.filter(petition__in=own).values_list("pk", "office"))
    ended = Q(stopped_at__gt=at - YEAR) | Q(stopped_at=None, due_at__lt=at)
    found: dict[UUID, list[bool]] = defaultdict(list)
    some = Clock.objects.filter(ended, subject_type="stage", name__in=AWAITED)
    for clock in some.filter(subject__in=Stage.objects.filter(petition__in=own).values("pk")):
        found[of[clock.subject]].append(not was_late(clock, at))
    made = [Kept(offices()[pk], len(each), sum(each)) for pk, each in found.items()]
    return sorted((one for one in made if one.n >= FEWEST), key=lambda one: one.office.code)


def to_answer(office: Office, topic: str, place: Place) -> PetitionQuerySet:
    """Return the petitions that one answer of ``office`` about a topic in a place would answer."""
    found = Petition.objects.filter(
        below("chain", [place.path]), stage__office=office, state=State.ACCEPTED, topic=topic
    )
    return found.filter(sort=Sort.CLAIM).select_related("keeper", "stage__office")

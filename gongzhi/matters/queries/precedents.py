"""Which office matters like one ended with: beside the duty list, never in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import Left
from django.utils.timezone import localdate

from gongzhi.accounts.models import Office
from gongzhi.advice.nearness import LOOK_AT, Told
from gongzhi.advice.precedents import ended_with
from gongzhi.audit.actors import Actor
from gongzhi.base.kept import Rested
from gongzhi.matters import rules
from gongzhi.matters.models import Matter, SuggestedOffice
from gongzhi.matters.queries.duties import gave_back
from gongzhi.matters.queries.nearness import A_YEAR, COMPARED, LOOKED_THROUGH, told
from gongzhi.matters.states import State

FOLLOWED: Rested[Followed] = Rested()
SHOWN = 3  # past matters
COUNTED = timedelta(days=90)
JUST_SENT = timedelta(days=1)
# What tells, and what is told of: about places, assets and services; nobody's own request, kept from nobody.
OPEN_TO_ALL = {"public": True, "sealed": False, "kept_from": "", "parent": None}


@dataclass(frozen=True, slots=True)
class Precedent:
    """The office that most of ``of`` matters ended with: those with ``keys``, the likest first."""

    office: Office
    keys: tuple[UUID, ...]
    of: int

    @property
    def n(self) -> int:
        """How many."""
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Past:
    """A matter of before, as it is linked to."""

    key: UUID
    title: str
    on: date


def precedent(matter: Matter, offices: Iterable[Office], at: datetime) -> Precedent | None:
    """Return which of ``offices`` matters like this one had ended with at ``at``, if they tell: one query.

    One more where it was sent back: an office that gave it back is not named again.
    """
    if any(getattr(matter, name) != value for name, value in OPEN_TO_ALL.items()):
        return None
    keys, cases = _cases(matter, at)
    found = ended_with(told(matter), cases)
    gone = gave_back(matter) if found else ()
    for office in offices:
        if found and office.pk == found.office and office.pk not in gone:
            return Precedent(office, tuple(keys[n] for n in found.which), found.of)
    return None


def _cases(matter: Matter, at: datetime) -> tuple[list[UUID], list[tuple[UUID, Told]]]:
    """Return matters of its kind that were answered and closed, the latest first: keys; office and text."""
    ended = {"kind_code": matter.kind_code, "state": State.CLOSED, "received_at__gte": at - A_YEAR}
    found = Matter.objects.filter(**ended, **OPEN_TO_ALL, ended_at__lte=at).exclude(office=None)
    found = found.exclude(pk=matter.pk)
    begun = found.annotate(begun=Left(F("text"), LOOK_AT)).order_by("-received_at")
    rows = begun.values_list("pk", "office_id", *COMPARED)[:LOOKED_THROUGH]
    keys, cases = [], []
    for key, office, *case in rows:
        keys.append(key)
        cases.append((office, Told(*case)))
    return keys, cases


def past(found: Precedent, to: Actor) -> list[Past]:
    """Return up to three of the matters by which an office is suggested that ``to`` may see: one query."""
    seen = rules.visible(Matter.objects.filter(pk__in=found.keys), to)
    rows = {row[0]: row for row in seen.values_list("pk", "title", "received_at")}
    told_of = [rows[key] for key in found.keys if key in rows]
    return [Past(key, title, localdate(on)) for key, title, on in told_of[:SHOWN]]


def sent_without_note(at: datetime, most: int) -> list[Matter]:
    """Return the next matters first sent to an office in the last day and not yet noted (one query)."""
    since = at - JUST_SENT
    sent = Matter.objects.filter(**OPEN_TO_ALL, moved_at__gte=since, dispatched_at__gte=since)
    return list(sent.filter(suggested_office=None).order_by("moved_at", "id")[:most])


@dataclass(frozen=True, slots=True)
class Followed:
    """Of how many matters the office that was suggested is the one that has them.

    ``unlisted`` are those for which the duty list had no row, ``invented`` those that are simulated.
    """

    decided: int
    held: int
    unlisted: int
    unlisted_held: int
    invented: int

    @property
    def share(self) -> float:
        """In a hundred."""
        return 100 * self.held / self.decided


def followed(at: datetime) -> Followed:
    """Return it for what came in the last 90 days and is with an office, or was (one query)."""
    return FOLLOWED.answer("all", lambda: _followed(at))


def _followed(at: datetime) -> Followed:
    came = SuggestedOffice.objects.filter(matter__received_at__gte=at - COUNTED)
    decided = came.exclude(office=None).exclude(matter__office=None)
    held, unlisted = Q(office=F("matter__office")), Q(matter__duty=None)
    return Followed(
        **decided.aggregate(
            decided=Count("pk"),
            held=Count("pk", filter=held),
            unlisted=Count("pk", filter=unlisted),
            unlisted_held=Count("pk", filter=unlisted & held),
            invented=Count("pk", filter=Q(matter__synthetic=True)),
        )
    )

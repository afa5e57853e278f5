from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Left
from django.utils.timezone import localtime

from gongzhi.accounts.models import Staff
from gongzhi.advice.gathering import LOOK_AT, Raised
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import select
from gongzhi.insight import rules
from gongzhi.insight.models import Gathered, HotIssue, Together
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import Channel, Kind, Matter, MatterQuerySet, Object
from gongzhi.matters.queries import catalogue
from gongzhi.matters.states import State
from gongzhi.places.models import Place
from gongzhi.places.queries import below

PERIOD = timedelta(days=30)
DELAY = timedelta(days=1)
KEPT = timedelta(days=90)
LATEST = timedelta(days=7)  # an issue found no more is shown for so long after its period
MOST_RAISED = 400_000  # of a district, the latest, are looked at
MOST_SHOWN = 100
MOST_LINKED = 20  # matters shown beside one
# Only what is about places, assets and services and is kept from nobody: no petition, mediation, care or
# complaint about an office, and nobody's own request, as claims of pay are.
GATHERED = {
    "public": True,
    "sealed": False,
    "about_office": None,
    "kept_from": "",
    "parent": None,
    "kind__public": True,
    "kind__sealed": False,
    "kind__business": "",
}
# What offices raise themselves is raised by no requester; what was taken back was not raised.
NOT_RAISED = Q(channel__in=[Channel.MEETING, Channel.JOINT]) | Q(state=State.WITHDRAWN)


def period(at: datetime) -> tuple[datetime, datetime]:
    """Return from when until when hot issues are gathered at ``at``: whole days, to a day before today."""
    today = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - DELAY - PERIOD, today - DELAY


def is_gathered(until: datetime) -> bool:
    """Return whether the period that ends with ``until`` was gathered, and anything found."""
    return HotIssue.objects.filter(until=until).exists()


def eligible() -> MatterQuerySet:
    """Return the matters that may be gathered."""
    own = {"kind__object": Object.OWN_REQUEST}
    return Matter.objects.filter(**GATHERED).exclude(**own).exclude(NOT_RAISED)


def raised(district: Place, since: datetime, until: datetime) -> Iterator[Raised]:
    """Yield what was raised in a district, the latest first: one query.

    The marks of requesters are made with a salt that is drawn here and kept nowhere: they serve to
    count different ones within this run, and lead to nobody.
    """
    salt = secrets.token_bytes(32)
    within = below("chain", [district.path]) & Q(received_at__gte=since, received_at__lt=until)
    found = eligible().filter(within).annotate(begun=Left(F("text"), LOOK_AT))
    columns = ("pk", "begun", "kind__kind_class__code", "chain", "received_at", "synthetic")
    hashes = ("requester__phone_hash", "requester__email_hash")
    rows = found.order_by("-received_at").values_list(*columns, *hashes)[:MOST_RAISED]
    for key, begun, kind_class, chain, at, synthetic, *ways in rows.iterator(chunk_size=5000):
        marks = tuple(_mark(salt, way) for way in ways if way)
        yield Raised(key, begun, kind_class, chain, at, marks, synthetic)


def _mark(salt: bytes, way: str) -> bytes:
    return hashlib.blake2b(way.encode(), key=salt, digest_size=16).digest()


def words_known(at: datetime) -> frozenset[str]:
    """Return the words by which the catalogue of a day tells its kinds."""
    kinds = catalogue(localtime(at).date()).values()
    return frozenset(word for kind in kinds for word in kind.keywords.split("|") if word)


def districts() -> QuerySet[Place]:
    """Return the places that lie in no other."""
    return Place.objects.filter(parent=None).defer("boundary", "also").order_by("path")


def hot_issues(to: Staff, at: datetime) -> list[HotIssue]:
    """Return what is hot in the places of ``to``, the most requesters first (one query)."""
    recent = HotIssue.objects.filter(until__gt=period(at)[1] - LATEST)
    found = rules.visible(recent, to).select_related("kind_class", "area", "joint")
    shown = found.defer("area__boundary", "area__also")
    return list(shown.order_by("-until", "-n_requesters", "id")[:MOST_SHOWN])


def hot_issue(key: str, to: Staff) -> HotIssue | None:
    """Return the hot issue of a key as an address says it, where ``to`` may read it (one query)."""
    try:
        return rules.visible(HotIssue.objects.filter(pk=UUID(key)), to).first()
    except ValueError:
        return None


def of_issue(issue: HotIssue, to: Actor) -> MatterQuerySet:
    """Return those matters of a hot issue that ``to`` may see."""
    keys = Gathered.objects.filter(hot_issue=issue).values("matter")
    return matter_rules.visible(Matter.objects.filter(pk__in=keys), to)


def kinds_of(issue: HotIssue, at: datetime) -> list[Kind]:
    """Return the kinds that a joint matter may be of, that of most of its matters first (one query)."""
    gathered = Gathered.objects.filter(hot_issue=issue).values_list("matter__kind_code", flat=True)
    codes = list(gathered)
    kinds = [
        kind
        for kind in catalogue(localtime(at).date()).values()
        if kind.kind_class_id == issue.kind_class_id
        and kind.public
        and not (kind.sealed or kind.business or kind.object == Object.OWN_REQUEST)
    ]
    return sorted(kinds, key=lambda kind: (-codes.count(kind.code), kind.code))


@dataclass(frozen=True, slots=True)
class Linked:
    """What a joint matter deals with (``of_joint``), or the joint matters that deal with one."""

    of_joint: bool
    matters: list[Matter]
    issue: HotIssue | None = None


def linked(matter: Matter, to: Staff) -> Linked | None:
    """Return what ``to`` may see of what is dealt with together with ``matter``.

    One query where there is nothing, none where there can be nothing, else three at most; of many the first 20.
    """
    of_joint = matter.channel == Channel.JOINT
    if not matter.public:
        return None
    if not of_joint and not select(Together, matter=matter):
        return None
    mine, other = ("joint", "matter") if of_joint else ("matter", "joint")
    keys = Together.objects.filter(**{mine: matter}).values(other)
    seen = matter_rules.visible(Matter.objects.filter(pk__in=keys), to).order_by(
        "received_at", "id"
    )
    found = list(seen.only("number", "title", "state", "received_at")[:MOST_LINKED])
    issue = HotIssue.objects.filter(joint=matter) if of_joint else HotIssue.objects.none()
    return Linked(of_joint, found, rules.visible(issue, to).first()) if found else None

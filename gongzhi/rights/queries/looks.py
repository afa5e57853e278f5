"""Which looks at people's data were unusual: acts of staff, one by one; nobody is counted or ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localtime

from gongzhi.accounts.models import Staff, User
from gongzhi.accounts.queries import staff
from gongzhi.audit.models import Look
from gongzhi.base.ids import first_key
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import tasks_of
from gongzhi.matters.words import EXAMINES, PRESENT
from gongzhi.rights import rules
from gongzhi.rights.models import LookLimits, UnusualLook

HOUR = timedelta(hours=1)
OVERLAP = timedelta(minutes=10)  # a look may be kept a little after its time
FIRST = timedelta(days=1)  # how far back the first look goes
CALLED = {"danger", PRESENT, EXAMINES}  # nobody chooses the hour of these
SHOWN = 200


def look_limits() -> LookLimits:
    """Return from when on looks are unusual: what was set, else what is usual (one query)."""
    return LookLimits.objects.first() or LookLimits()


def is_night(at: time, limits: LookLimits) -> bool:
    """Return whether ``at`` lies in the night, which may run over midnight."""
    begins, ends = limits.night_from, limits.night_to
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def unusual(limits: LookLimits, at: datetime) -> Iterator[tuple[Look, list[str]]]:
    """Yield the looks since the last time that are unusual by ``limits``, and why.

    A query for the looks, one for their matters, and one or two for each colleague and place.
    """
    since = (limits.examined_at or at - FIRST) - OVERLAP
    known = UnusualLook.objects.filter(look=OuterRef("pk"))
    some = list(
        Look.objects.filter(pk__gte=first_key(since - HOUR), by_id__isnull=False)
        .annotate(known=Exists(known))
        .order_by("at", "id")
    )
    many = _many(some, limits.most_an_hour)
    theirs = _elsewhere(some, since, at) if limits.elsewhere else set()
    for look in some:
        if look.at < since or look.known:
            continue
        reasons = [
            *(["many"] if look.pk in many else []),
            *(["night"] if _by_night(look, limits) else []),
            *(["elsewhere"] if look.pk in theirs else []),
        ]
        if reasons:
            yield look, reasons


def _many(some: Iterable[Look], most: int) -> set[UUID]:
    """Return the looks with which somebody reached ``most`` within one hour, and those after them."""
    recent: dict[UUID | None, list[datetime]] = defaultdict(list)
    found = set()
    for look in some:
        mine = [when for when in recent[look.by_id] if when > look.at - HOUR] + [look.at]
        recent[look.by_id] = mine
        if len(mine) >= most:
            found.add(look.pk)
    return found


def _by_night(look: Look, limits: LookLimits) -> bool:
    return look.purpose not in CALLED and is_night(localtime(look.at).time(), limits)


def _elsewhere(some: Sequence[Look], since: datetime, at: datetime) -> set[UUID]:
    """Return the looks at matters that lie outside the places and offices of who looked."""
    fresh = [look for look in some if look.at >= since and look.purpose not in CALLED]
    matters = Matter.objects.in_bulk({look.subject for look in fresh})
    users = User.objects.in_bulk({look.by_id for look in fresh if look.by_id})
    who = {key: staff(user, at) for key, user in users.items()}
    return {
        look.pk
        for look in fresh
        if look.subject in matters
        and look.by_id in who
        and not _is_theirs(who[look.by_id], matters[look.subject])
    }


def _is_theirs(who: Staff, matter: Matter) -> bool:
    if any(held.office is None and matter.chain.startswith(held.path) for held in who.posts):
        return True
    return bool(who.offices()) and tasks_of(matter.pk).filter(office__in=who.offices()).exists()


def noted(to: Staff) -> tuple[list[UnusualLook], dict[UUID, Matter]]:
    """Return the unusual looks that wait, then the last that were settled; and the matters of ``to`` among them."""
    found = UnusualLook.objects.select_related("look")
    waiting = list(found.filter(settled_at=None).order_by("noted_at", "look")[:SHOWN])
    settled = list(found.filter(settled_at__isnull=False).order_by("-settled_at")[:SHOWN])
    keys = {one.look.subject for one in (*waiting, *settled)}
    theirs = Matter.objects.filter(rules.visible(to, ""), pk__in=keys).only("id", "number")
    return [*waiting, *settled], {one.pk: one for one in theirs}


def waiting() -> QuerySet[UnusualLook]:
    """Return the unusual looks of which nobody has said what they were."""
    return UnusualLook.objects.filter(settled_at=None)

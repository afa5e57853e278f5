"""How often the place that the words of a matter name is where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from gongzhi.base.kept import Rested
from gongzhi.matters.models import Matter, SuggestedPlace
from gongzhi.matters.queries.precedents import COUNTED, OPEN_TO_ALL

PLACED: Rested[Placed] = Rested()
JUST_CAME = timedelta(days=1)
NEAR_M = 150


@dataclass(frozen=True, slots=True)
class Placed:
    """Of how many matters the words name one place, and how many lie in that community.

    ``pinned`` have a pin and name a house or thing: ``near`` of them within 150 m of it.  ``invented``
    are those that are simulated.
    """

    named: int
    held: int
    pinned: int
    near: int
    invented: int


def placed(at: datetime) -> Placed:
    """Return it for what came in the last 90 days (one query)."""
    return PLACED.answer("all", lambda: _placed(at))


def _placed(at: datetime) -> Placed:
    came = SuggestedPlace.objects.filter(matter__received_at__gte=at - COUNTED)
    named = came.exclude(path="")
    return Placed(
        **named.aggregate(
            named=Count("pk"),
            held=Count("pk", filter=Q(matter__chain__startswith=F("path"))),
            pinned=Count("pk", filter=Q(metres__isnull=False)),
            near=Count("pk", filter=Q(metres__lte=NEAR_M)),
            invented=Count("pk", filter=Q(matter__synthetic=True)),
        )
    )


def came_without_note(at: datetime, most: int) -> list[Matter]:
    """Return the next matters that came in the last day and are not noted yet (one query)."""
    came = Matter.objects.filter(**OPEN_TO_ALL, received_at__gte=at - JUST_CAME)
    return list(came.filter(suggested_place=None).order_by("received_at", "id")[:most])

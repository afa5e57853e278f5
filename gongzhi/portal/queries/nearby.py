"""What somebody is perhaps about to raise again, as far as everybody may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gongzhi.advice.nearness import Told
from gongzhi.base.seal import seal_mark, unseal_mark
from gongzhi.matters import queries
from gongzhi.matters.models import Matter, MatterQuerySet
from gongzhi.matters.queries.rates import FEWEST
from gongzhi.places.models import Place
from gongzhi.portal.queries import board

MOST = 3
LEAST = 0.3  # of `nearness`: the same kind within a month, or many words in common
HOLDS = timedelta(days=1)  # that a mark is good for


@dataclass(frozen=True, slots=True)
class Nearby:
    """A public matter as everybody may see it; ``mark`` stands for it, anew each time, and says nothing.

    Without one it cannot be said to be the same; ``said`` where it is said to be.
    """

    row: board.Row
    mark: str
    said: bool


def nearby(
    text: str, kind: str, place: Place | None, at: datetime, said: UUID | None = None
) -> list[Nearby]:
    """Return the public matters of a community that ``text`` may repeat, the likest first: one query.

    No point is compared: who moves theirs about would else find out where another's lies.  Of words
    only those that five of them hold: nobody reads another's message by guessing at it.
    """
    if place is None:
        return []
    told, public = Told(text, at, kind, place.path), _public()
    found = queries.duplicates(told, public, at, most=MOST, least=LEAST, fewest=FEWEST)
    # Whatever lies in the same community, or waits in the same larger place.
    return [
        Nearby(
            board.Row(one.kind, place.name, one.on.isoformat(), one.is_open),
            seal_mark({"key": one.key.hex, "at": at.isoformat()}, "same") if one.is_open else "",
            one.key == said,
        )
        for one in found
    ]


def marked(mark: str, at: datetime) -> UUID | None:
    """Return the key of the matter that a mark of the last day stands for."""
    told = unseal_mark(mark, "same") if mark else None
    fresh = told and at - datetime.fromisoformat(told["at"]) <= HOLDS
    return UUID(told["key"]) if told and fresh else None


def meant(mark: str, at: datetime) -> Matter | None:
    """Return the matter that a mark stands for, if it is still open and public (one query)."""
    key = marked(mark, at)
    return _public().live().filter(pk=key).first() if key else None


def _public() -> MatterQuerySet:
    return queries.listed(None, None).filter(sealed=False)

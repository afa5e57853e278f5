"""What people call places and the things in them, kept beside the atlas; and what a text speaks of."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongzhi.base.kept import ALL
from gongzhi.places import queries
from gongzhi.places.atlas import NOWHERE, Atlas, atlas
from gongzhi.places.models import Place
from gongzhi.places.names import EXACT, Candidate, Names, Precision, Thing, common, precision_of

SAYS = {
    Precision.ADDRESS: _("by its number"),
    Precision.PLACE: _("exactly there"),
    Precision.ROAD: _("somewhere on this road"),
    Precision.AREA: _("somewhere around there"),
}


@dataclass(frozen=True, slots=True)
class Here:
    """A place that words may speak of, as a form offers it: it counts once somebody presses it.

    ``around`` names the places it lies in; ``code`` is that of its community, or of what is larger.
    """

    name: str
    around: str
    precision: Precision
    words: str
    path: str
    code: str
    pin: tuple[float, float] | None

    @property
    def exact(self) -> bool:
        """Whether the pin stands on the thing itself, and not only near it."""
        return self.precision in EXACT

    @property
    def says(self) -> str:
        """How exact it is, in the reader's words."""
        return str(SAYS[self.precision])

    @property
    def value(self) -> str:
        """What a form sends back for it."""
        lat, lon = self.pin or ("", "")
        return f"{self.precision}:{lat},{lon}:{self.path}"

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.name, self.around, self.says)))


def spoken_of(text: str, chosen: str = "") -> list[Here]:
    """Return the places that ``text`` may speak of, the best first; two queries at the first question.

    Of several that have a name, those in the place with the path ``chosen``, if any lies there.  What
    says no more than that place is left out.
    """
    found = gazetteer().find(text, within=chosen)
    return [_here(one) for one in found if one.thing.pin or not chosen.startswith(one.thing.path)]


def _here(one: Candidate) -> Here:
    thing = one.thing
    _top, below = thing.coarse.split("/", 1)
    around = [name for name in queries.chain_names(below) if name != thing.name]
    return Here(
        name=thing.name,
        around=" ".join(around),
        precision=thing.precision,
        words=one.words,
        path=thing.path,
        code=thing.coarse.split("/")[-2],
        pin=thing.pin,
    )


class Keeper:
    """Holds one process's names; while one thread reads those of a new edition, others go on with the old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[Atlas, Names] | None = None

    def names(self) -> Names:
        """Return the names of the edition of `atlas`; two queries where they are read anew."""
        known, kept = atlas(), self._kept
        if kept and kept[0] is known:
            return kept[1]
        if not self._lock.acquire(blocking=kept is None):
            return kept[1] if kept else Names([])
        try:
            if not self._kept or self._kept[0] is not known:
                self._kept = known, _read(known)
            return self._kept[1]
        finally:
            self._lock.release()

    def cache_clear(self) -> None:
        """Have the next call read the names anew."""
        self._kept = None


_KEEPER = Keeper()
ALL.append(_KEEPER.cache_clear)


def gazetteer() -> Names:
    """Return this process's gazetteer, read when first asked for."""
    return _KEEPER.names()


def _read(known: Atlas) -> Names:
    areas = of_places(queries.names(timezone.localdate()))
    return Names([*areas, *of_addresses(list(queries.addresses()), known)])


def of_places(rows: Iterable[tuple[Any, ...]]) -> Iterator[Thing]:
    """Yield places, and what people call things in them; rows as `queries.names` has them."""
    for zh, en, also, path, lat, lon in rows:
        point = (lat, lon) if lat is not None else None
        yield Thing(zh, en, path, Precision.AREA, point)
        for name in also:
            road = precision_of(name) == Precision.ROAD
            yield Thing(name, "", path, Precision.ROAD if road else Precision.AREA, point)


def of_addresses(rows: Sequence[tuple[str, str, float, float]], known: Atlas) -> Iterator[Thing]:
    """Yield those of the address library that lie in a place of the atlas."""
    held = known.locate_many([(lat, lon) for _zh, _en, lat, lon in rows])
    for (zh, en, lat, lon), n in zip(rows, held.tolist(), strict=True):
        if n != NOWHERE:
            yield Thing(zh, en, known.spots[n].path, precision_of(zh), (lat, lon))


def named_in(address: str, on: date) -> Place | None:
    """Return the smallest place that the names in an address agree on, or ``None``."""
    found = [one.thing for one in gazetteer().find(address)]
    path = common([one.path for one in found if one.precision == found[0].precision])
    return queries.at_path(path, on)

"""What a reader narrows a list to, and full text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import offices
from gongzhi.base import ids
from gongzhi.base.geo import Box, read_box
from gongzhi.base.kept import kept
from gongzhi.base.text import sought
from gongzhi.desk.queries.rows import FOUND, RECEIVED, Order
from gongzhi.insight.models import HotIssue
from gongzhi.insight.queries import hot_issue
from gongzhi.matters import rules
from gongzhi.matters.models import Channel, Matter, MatterQuerySet, OfficeTask, mark_of
from gongzhi.matters.states import TASK_OPEN, State
from gongzhi.places.gazetteer import Here, spoken_of
from gongzhi.places.models import Place
from gongzhi.places.queries import below
from gongzhi.places.rules import COMMUNITY_DIGITS

LONGEST_QUERY = 100


PARTS = ("part", "whole")
TICKS = ("urgent", "late", "bounced", "co")
FILTERS = ("kind", "state", "place", "office", "channel", "parts", "box", "hot", *TICKS)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrows a list to; every part may be empty.

    ``parts`` keeps what is a part of another or has parts itself; ``box`` what has its point in a
    part of the map; ``hot`` what belongs to a hot issue; ``bounced`` what an office gave back; ``co`` what another office works on along
    with the one in charge.  Never by who raised it.
    """

    kind: str = ""
    state: str = ""
    place: Place | None = None
    office: Office | None = None
    channel: str = ""
    parts: str = ""
    box: Box | None = None
    hot: HotIssue | None = None
    urgent: bool = False
    late: bool = False
    bounced: bool = False
    co: bool = False

    @property
    def place_code(self) -> str:
        return self.place.code if self.place else ""

    @property
    def office_code(self) -> str:
        return self.office.code if self.office else ""

    @property
    def is_wide(self) -> bool:
        """Return whether one of the seldom filters is set: then they stand open."""
        return bool(self.office or self.channel or self.parts or self.bounced or self.co)

    def where(self, at: datetime) -> Q:
        """Return the condition of what fits."""
        plain = {"kind_code": self.kind, "state": self.state, "channel": self.channel}
        ticked = {"urgent": self.urgent, "office": None if self.co else self.office}
        fits = Q(**{name: value for name, value in (plain | ticked).items() if value})
        if self.place:
            fits &= below("chain", [self.place.path])
        if self.box:
            fits &= inside(self.box)
        if self.hot:
            fits &= Q(pk__in=self.hot.gathered.values("matter"))
        if self.bounced:
            fits &= Q(bounces__gt=0)
        if self.co:
            along = OfficeTask.objects.filter(
                matter=OuterRef("pk"), lead=False, state__in=TASK_OPEN
            )
            fits &= Q(Exists(along.filter(office=self.office) if self.office else along))
        if self.parts == "part":
            fits &= Q(parent__isnull=False)
        elif self.parts == "whole":
            fits &= Q(Exists(Matter.objects.filter(parent=OuterRef("pk"))))
        return fits & Q(due_at__lt=at) if self.late else fits


def inside(box: Box) -> Q:
    """Return the condition of what has its point in ``box``."""
    return Q(lat__range=(box.south, box.north), lon__range=(box.west, box.east))


def read_filters(asked: Mapping[str, str], places: tuple[Place, ...], to: Staff) -> Filters:
    """Return the filters of an address; what is not known, or not for ``to``, narrows nothing.

    One query where a hot issue is named.
    """

    def known(name: str, values: Iterable[str]) -> str:
        return value if (value := asked.get(name, "")) in values else ""

    return Filters(
        kind=asked.get("kind", ""),
        state=known("state", State.values),
        place=next((place for place in places if place.code == asked.get("place")), None),
        office=next((o for o in offices().values() if o.code == asked.get("office")), None),
        channel=known("channel", Channel.values),
        parts=known("parts", PARTS),
        box=read_box(asked.get("box", "")),
        hot=hot_issue(asked["hot"], to) if "hot" in asked else None,
        **{name: bool(asked.get(name)) for name in TICKS},
    )


def areas(to: Staff, chosen: str) -> tuple[Place, ...]:
    """Return the places to narrow a list to: those below the reader's own, and around ``chosen``.

    One query, kept a minute, and never more than one level is opened at a time.
    """
    return _areas(tuple(sorted({held.path for held in to.posts})), chosen)


@kept()
def _areas(own: tuple[str, ...], chosen: str) -> tuple[Place, ...]:
    near = Q(parent__path__in=own)
    if chosen:
        near |= Q(parent__code=chosen) | Q(code=chosen) | Q(parts__code=chosen)
    found = Place.objects.filter(near, below("path", own))
    shown = "id", "code", "path", "name_zh", "name_en"
    return tuple(found.only(*shown).distinct().order_by("path"))


def found(q: str, to: Staff) -> tuple[MatterQuerySet, Order]:
    """Return what ``to`` may see and ``q`` finds, and the order in which that is cheap: by time.

    A number, or words of the text, the kind, the place or the address; never by who raised it.  Whoever
    serves in one office alone looks through what that office has or had.
    """
    seen = rules.visible(Matter.objects.all(), to)
    if not q:
        return seen, RECEIVED
    if number := ids.tidy_number(q):
        return seen.filter(number=number), RECEIVED
    words = sought(q)
    if words and len(to.offices()) == 1 and not to.has_role(*rules.OVERSEES):
        words += [mark_of(office) for office in to.offices()]
    return (seen.finding(words), FOUND) if words else (seen.none(), RECEIVED)


def communities(to: Staff) -> list[Place]:
    """Return the places of ``to`` down to the communities, by path: one query."""
    paths = {held.path for held in to.posts}
    found = Place.objects.filter(below("path", paths)).alias(digits=Length("code"))
    shown = "id", "code", "path", "name_zh", "name_en"
    return list(found.filter(digits__lte=COMMUNITY_DIGITS).only(*shown).order_by("path"))


def heres(text: str, to: Staff, chosen: str = "") -> list[Here]:
    """Return the places of ``to`` that ``text`` may speak of (see `spoken_of`)."""
    mine = tuple(held.path for held in to.posts)
    return [one for one in spoken_of(text, chosen) if one.path.startswith(mine)]

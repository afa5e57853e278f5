"""The notice board of a grid or community: who serves there in office, where to call, what came of it.

Public servants at work by name and post, and nothing else about them; of matters numbers by kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

import segno
from django.conf import settings
from django.db.models import Count, F, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import ON_FOOT, Office, Post, Role
from gongzhi.accounts.queries import offices_above
from gongzhi.advice.danger import numbers
from gongzhi.base.kept import Rested
from gongzhi.matters.queries import listed
from gongzhi.matters.queries.public import hidden
from gongzhi.matters.queries.rates import FEWEST
from gongzhi.places.gazetteer import gazetteer
from gongzhi.places.models import Place, name_for_reader
from gongzhi.places.queries import below, chain_names, on_day
from gongzhi.places.rules import COMMUNITY_DIGITS
from gongzhi.portal.queries import board, where

LATEST = 10
MOST_FOUND = 20
MOST_POSTS = 100
MOST_GRIDS = 100  # of one community: so many posters are one file
SHORTEST = 2  # characters of a name that is looked for
# Whom to call about anything: the nearest of these, the smallest first.
DESKS = ("community_office", "township_office", "governance_center")
DUTIES = {
    Role.GRID_WORKER: (
        gettext_lazy("Goes round the grid and reports what is broken, blocked or dangerous."),
        gettext_lazy("Takes on what you raise, by word of mouth too, and gives you a receipt."),
        gettext_lazy(
            "Settles small things on the spot; the rest goes to the office whose duty it is."
        ),
        gettext_lazy("Tells you what became of it."),
    ),
    Role.GRID_LEAD: (
        gettext_lazy("Leads the grid workers and is there for whatever they cannot settle."),
        gettext_lazy("Brings neighbours and offices to one table."),
    ),
}
Counts = dict[str, dict[str, tuple[int, int, int]]]
COUNTED: Rested[tuple[Counts, dict[str, tuple[str, str]]]] = Rested()


@dataclass(frozen=True, slots=True)
class Serving:
    """A post that somebody holds: name, as what, and for which place."""

    name: str
    role: str
    place: str


@dataclass(frozen=True, slots=True)
class Line:
    """How many of one kind there were this month; ``None`` where a number is kept back."""

    kind: str
    came: int | None
    closed: int | None
    in_time: int | None


@dataclass(frozen=True)
class NoticeBoard:
    """Everything on the notice board of ``place``; what is asked is asked once, where it is drawn."""

    place: Place
    at: datetime

    @property
    def on(self) -> date:
        return localdate(self.at)

    @property
    def is_grid(self) -> bool:
        return len(self.place.code) > COMMUNITY_DIGITS

    @property
    def community(self) -> Place:
        """The community: the place itself, or the one the grid lies in."""
        above = where.coarse_by_code(self.on).get(where.coarse_code(self.place.path))
        return above or self.place

    @cached_property
    def around(self) -> str:
        """What lies around the place, from the largest down."""
        return " › ".join(chain_names(self.place.path)[:-1])

    @cached_property
    def serving(self) -> list[Serving]:
        """Who serves here (one query): grid leads first; of a community, those of its grids too."""
        return serving(self.place.path, self.at)

    @property
    def duties(self) -> list[tuple[str, list[str]]]:
        """What each of them is there for."""
        return [(str(r.label), [str(said) for said in some]) for r, some in DUTIES.items()]

    @cached_property
    def desks(self) -> list[Office]:
        """Whom to call (one query): offices with their telephones, the nearest first."""
        return desks(self.place.path)

    @property
    def hours(self) -> list[str]:
        """When the nearest of them is open."""
        return hours(self.desks[0]) if self.desks else []

    @property
    def hotlines(self) -> list[tuple[str, str]]:
        """Number and name of the lines that are not for emergencies."""
        rows = [row for row in numbers() if row["emergency"] != "1" and row["number"] == "12345"]
        return [(r["number"], name_for_reader(r["name_zh"], r["name_en"])) for r in rows]

    @cached_property
    def lines(self) -> list[Line]:
        """How much came this month, by kind (one query)."""
        return lines(self.place, self.community, self.on)

    @cached_property
    def latest(self) -> list[board.Row]:
        """The latest in the community as the public board shows them (one query)."""
        found = listed(None, self.community)
        return board.page(found, "", where.coarse_by_code(self.on)).rows[:LATEST]

    @cached_property
    def grids(self) -> list[Place]:
        """The grids of a community, by code (one query)."""
        return [] if self.is_grid else grids(self.place, self.on)

    @property
    def address(self) -> str:
        """The address of this board."""
        return f"{settings.ORIGIN}{reverse('portal:grid', args=[self.place.code])}"

    @property
    def raise_at(self) -> str:
        """The address at which one raises a matter here: the QR code says it."""
        return f"{settings.ORIGIN}{reverse('portal:raise')}?place={self.place.code}"

    @property
    def qr(self) -> str:
        """That address as a QR code, a quarter of which may be scratched or faded: a data address."""
        return segno.make_qr(self.raise_at, error="q").svg_data_uri(scale=4, border=2)


def serving(path: str, at: datetime) -> list[Serving]:
    """Return who holds a post of the grid at a place, above it up to the community, and below it."""
    codes = path.split("/")[:-1]
    chain = [
        "/".join(codes[: n + 1]) + "/"
        for n, code in enumerate(codes)
        if len(code) >= COMMUNITY_DIGITS
    ]
    held = Post.objects.held(at).filter(
        Q(place__path__in=chain) | below("place__path", [path]),
        role__in=ON_FOOT,
    )
    rows = held.select_related("user", "place").defer("place__boundary", "place__also")
    found = rows.order_by("role", "place__path", "user__name_zh", "id")[:MOST_POSTS]
    return [Serving(one.user.name, str(Role(one.role).label), one.place.name) for one in found]


def desks(path: str) -> list[Office]:
    """Return the nearest office of each of `DESKS` that has a telephone, or the nearest that has one."""
    found = [o for o in offices_above(path).select_related("calendar") if o.phone]
    nearest: dict[str, Office] = {}
    for office in found:
        nearest.setdefault(office.duty, office)
    return [nearest[duty] for duty in DESKS if duty in nearest] or found[:1]


def hours(office: Office) -> list[str]:
    """Return the office hours, such as “08:30–12:00”; of a week with its own, day by day."""
    calendar = office.calendar
    if not calendar.week:
        return [_("On working days %(hours)s") % {"hours": _spans(calendar.hours)}]
    return [f"{WEEKDAYS[n]} {_spans(spans)}" for n, spans in enumerate(calendar.week) if spans]


def _spans(spans: Iterable[Sequence[str]]) -> str:
    return ", ".join(f"{begins}–{ends}" for begins, ends in spans)


def grids(community: Place, on: date) -> list[Place]:
    """Return the grids directly below a community, by code (one query)."""
    found = on_day(on).filter(parent=community).defer("boundary", "also").order_by("code")
    return list(found[:MOST_GRIDS])


def lines(place: Place, community: Place, on: date) -> list[Line]:
    """Return this month's public matters of ``place`` by kind, the most first and the rest together (one query, or `Rested`).

    Small numbers are hidden.  Everybody knows those of a whole community from the public board: so a
    kind that some grid has few of is counted with all others like it, and of those the smallest
    number is kept back with one that alone could be reckoned.
    """
    first = on.replace(day=1)
    counts, names = COUNTED.answer((community.path, first), lambda: _counted(community, first))
    known = {code: name_for_reader(*both) for code, both in names.items()}
    if place.path == community.path:
        found = _of_community(counts, known)
    else:
        found = _of_grid(place.path, counts, known)
    return found


def _counted(community: Place, first: date) -> tuple[Counts, dict[str, tuple[str, str]]]:
    """Return how many came, are closed and were answered in time by kind and grid, and the kinds' names."""
    since = datetime.combine(first, time(), get_default_timezone())
    rows = listed(None, community).filter(received_at__gte=since).order_by()
    grouped = rows.values_list("chain", "kind_code", "kind__name_zh", "kind__name_en").annotate(
        came=Count("pk"),
        closed=Count("pk", filter=Q(ended_at__isnull=False)),
        in_time=Count("pk", filter=Q(answered_at__lte=F("first_answer_by"))),
    )
    counts: Counts = defaultdict(dict)
    names = {}
    depth = community.path.count("/") + 1
    for chain, code, chinese, english, *n in grouped:
        grid = "/".join(chain.split("/")[:depth]).rstrip("/") + "/"
        before = counts[code].get(grid, (0, 0, 0))
        counts[code][grid] = _plus(before, n)
        names[code] = (chinese, english)
    return dict(counts), names


def _plus(one: Sequence[int], other: Sequence[int]) -> tuple[int, int, int]:
    came, closed, in_time = (a + b for a, b in zip(one, other, strict=True))
    return came, closed, in_time


def _whole(parts: Iterable[Sequence[int]]) -> tuple[int, int, int]:
    whole = (0, 0, 0)
    for part in parts:
        whole = _plus(whole, part)
    return whole


def _of_community(counts: Counts, names: Mapping[str, str]) -> list[Line]:
    """Return the lines of a community: kinds of which there were not few, and all others as one."""
    wholes = {code: _whole(parts.values()) for code, parts in counts.items()}
    few = [code for code, n in wholes.items() if hidden(n[0]) is None]
    told = [_line(names[code], n) for code, n in wholes.items() if code not in few]
    others = [_line(_together(told), _whole(wholes[code] for code in few))] if few else []
    return _ordered(told) + others


def _together(told: Sequence[Line]) -> str:
    return _("Other kinds together") if told else _("All kinds together")


def _ordered(told: Iterable[Line]) -> list[Line]:
    return sorted(told, key=lambda line: (-(line.came or 0), line.kind))


def _line(kind: str, n: Sequence[int], back: Collection[int] = ()) -> Line:
    came, closed, in_time = (None if i in back else hidden(one) for i, one in enumerate(n))
    return Line(kind, came, closed, in_time)


def _of_grid(path: str, counts: Counts, names: Mapping[str, str]) -> list[Line]:
    """Return the lines of the grid at ``path``: kinds that no grid has few of, and all others as one."""
    few = [
        code
        for code, parts in counts.items()
        if any(hidden(n) is None for part in parts.values() for n in part)
    ]
    mine = {
        code: parts[path] for code, parts in counts.items() if code not in few and path in parts
    }
    told = [_line(names[code], n) for code, n in mine.items()]
    together: dict[str, tuple[int, int, int]] = {}
    for code in few:
        for grid, part in counts[code].items():
            together[grid] = _plus(together.get(grid, (0, 0, 0)), part)
    others = []
    if path in together:
        back = {i for i in range(3) if path in kept_back({g: n[i] for g, n in together.items()})}
        others = [_line(_together(told), together[path], back)]
    return _ordered(told) + others


def kept_back(numbers: Mapping[str, int]) -> set[str]:
    """Return of which numbers nothing is told, whose sum everybody knows.

    The small ones; and, where these add up to what is small itself, the next smallest too.
    """
    back = {key for key, n in numbers.items() if hidden(n) is None}
    rest = sorted((n, key) for key, n in numbers.items() if n and key not in back)
    while rest and 0 < sum(numbers[key] for key in back) < FEWEST:
        back.add(rest.pop(0)[1])
    return back


def at_code(code: str, on: date) -> Place | None:
    """Return the community or grid with a code, for what is smaller its grid (one query or two)."""
    found = where.by_code(code, on)
    if found is None or len(found.code) < COMMUNITY_DIGITS:
        return None
    path = _board_path(found.path)
    return found if path == found.path else where.at_path(path, on)


def _board_path(path: str) -> str:
    """Return the path of the grid that holds a place, or of what is larger the path itself."""
    codes = path.split("/")[:-1]
    large = sum(len(code) <= COMMUNITY_DIGITS for code in codes)
    return "/".join(codes[: large + 1]) + "/"


def closed(code: str, on: date) -> Place | None:
    """Return the place with a code that is no more, or not yet, with its parent (one query)."""
    if not code.isascii() or not code.isdigit():
        return None
    known = Place.objects.filter(code=code).exclude(pk__in=on_day(on).values("pk"))
    return known.select_related("parent").defer("boundary", "also", "parent__boundary").first()


def find(words: str, on: date) -> list[Place]:
    """Return the communities and grids that words may mean: by code, by name, by an address in them.

    Two queries at most; what was asked is kept nowhere.
    """
    words = words.strip()
    if not words:
        return []
    paths = {_board_path(one.thing.path) for one in gazetteer().find(words)}
    meant = Q(code__in=[path.rstrip("/").rpartition("/")[2] for path in paths]) | Q(code=words)
    if len(words) >= SHORTEST:
        meant |= Q(name_zh__icontains=words) | Q(name_en__icontains=words)
    places = on_day(on).alias(digits=Length("code")).filter(digits__gte=COMMUNITY_DIGITS)
    found = places.filter(meant).select_related("level", "parent")
    rows = found.defer("boundary", "also", "parent__boundary", "parent__also").order_by("path")
    return list(rows[:MOST_FOUND])

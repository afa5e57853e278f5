"""Matters that one may repeat, and solved ones like it: found by indexes, ranked by `nearness`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Left
from django.utils.timezone import localdate

from gongzhi.advice.nearness import LOOK_AT, Nearness, Told, likest, shared_words, with_common_words
from gongzhi.audit.actors import Actor
from gongzhi.audit.models import Entry
from gongzhi.base.geo import box_around
from gongzhi.base.text import first_line
from gongzhi.matters import rules
from gongzhi.matters.models import Answer, Matter, MatterQuerySet
from gongzhi.matters.queries.matters import COMMUNITY
from gongzhi.matters.states import State
from gongzhi.places.models import name_for_reader
from gongzhi.places.queries import below

NEAR_M = 500
RECENT = timedelta(days=60)  # before a matter: what was raised then may be raised again with it
JUST_ENDED = timedelta(days=14)  # after its end somebody may not know of it yet
A_YEAR = timedelta(days=365)  # in which offices answer alike
LOOKED_THROUGH = 1000  # solved ones of a kind
CANDIDATES = 200  # the latest are ranked
ANSWER_LINE = 120


@dataclass(frozen=True, slots=True)
class Near:
    """A matter like another: what a list shows of it, and how it is alike.

    ``words`` are those that both hold; ``answer`` is how the answer of a solved one begins.
    """

    key: UUID
    number: str
    title: str
    kind: str
    path: str
    on: date
    is_open: bool
    nearness: Nearness
    words: tuple[str, ...] = ()
    answer: str = ""


def told(matter: Matter) -> Told:
    """Return what is compared of ``matter``."""
    return Told(
        text=matter.text,
        at=matter.received_at,
        kind=matter.kind_code,
        path=matter.chain,
        lat=matter.lat,
        lon=matter.lon,
    )


def duplicates(
    one: Told,
    among: MatterQuerySet,
    at: datetime,
    *,
    most: int = 5,
    least: float = 0.0,
    fewest: int = 1,
) -> list[Near]:
    """Return those of ``among`` that ``one`` may repeat, the likest first: one query.

    Raised at most 60 days before it or since in the same community, or wherever they wait that nobody
    could place nearer, and not ended for longer than two weeks; where both have a point, within 500 m,
    and if open, raised whenever.  Words that fewer than ``fewest`` of them hold are not compared.
    """
    if not (one.held and one.path):
        return []
    fresh = Q(ended_at=None) | Q(ended_at__gte=at - JUST_ENDED)
    near = _in_community(one.path) & Q(received_at__gte=one.at - RECENT) & fresh
    if one.lat is not None and one.lon is not None:
        box = box_around(one.lat, one.lon, NEAR_M)
        inside = Q(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
        near = near & (Q(lat=None) | inside) | Q(ended_at=None, lat__isnull=False) & inside
    return _ranked(one, _latest(among.filter(near)), most=most, least=least, fewest=fewest)


def repeated(matter: Matter, to: Actor, at: datetime, most: int = 8) -> list[Near]:
    """Return the open matters that ``matter`` may repeat and can be joined to: one query.

    What is sealed is compared with what is sealed alone.
    """
    alike = {
        "sealed": matter.sealed,
        "about_office": matter.about_office_id,
        "kept_from": matter.kept_from,
    }
    open_now = Matter.objects.live().filter(**alike, parent=None).exclude(pk=matter.pk)
    return duplicates(told(matter), rules.visible(open_now, to), at, most=most)


def said_same(matter: Matter, entries: Iterable[Entry], to: Actor) -> Matter | None:
    """Return the open matter that its requester says ``matter`` repeats, if ``to`` may see it.

    ``entries`` are its history; one query where it says so, else none.
    """
    said = [one.facts["other"] for one in entries if one.verb == "matter.say_same"]
    if not said or matter.merged_into_id:
        return None
    return rules.visible(Matter.objects.live().filter(pk=said[0], parent=None), to).first()


def solved_alike(matter: Matter, to: Actor, at: datetime, most: int = 3) -> list[Near]:
    """Return matters of its kind that were solved at once, with how they were answered: one query.

    None for what is sealed: how it was answered is nobody's pattern.
    """
    if matter.sealed:
        return []
    ended = {"kind_code": matter.kind_code, "state": State.CLOSED, "received_at__gte": at - A_YEAR}
    solved = Matter.objects.filter(**ended, solved=True, rounds=0, sealed=False)
    # Whoever sees few of them would else have all of a year looked through.
    latest = Matter.objects.filter(
        pk__in=solved.order_by("-received_at").values("pk")[:LOOKED_THROUGH]
    )
    last = Answer.objects.filter(matter=OuterRef("pk")).order_by("-at", "-id").values("text")[:1]
    seen = rules.visible(latest, to).annotate(answer=Subquery(last))
    return _ranked(told(matter), _latest(seen, "answer"), most=most)


def _in_community(path: str) -> Q:
    """Return the condition that a matter lies in the community of ``path``, or in the same larger place."""
    codes = path.split("/")[:-1]
    if len(codes) < COMMUNITY:
        return Q(chain=path)
    return below("chain", ["/".join(codes[:COMMUNITY]) + "/"])


COMPARED = ("begun", "received_at", "kind_code", "chain", "lat", "lon")  # as `Told` takes them
NAMED = ("pk", "number", "title", "kind__name_zh", "kind__name_en", "ended_at")


def _latest(found: MatterQuerySet, *further: str) -> list[tuple[Any, ...]]:
    begun = found.annotate(begun=Left(F("text"), LOOK_AT)).order_by("-received_at")
    return list(begun.values_list(*COMPARED, *NAMED, *further)[:CANDIDATES])


def _ranked(
    one: Told, rows: list[tuple[Any, ...]], *, most: int, least: float = 0.0, fewest: int = 1
) -> list[Near]:
    others = [Told(*row[: len(COMPARED)]) for row in rows]
    if fewest > 1:
        others = with_common_words(others, fewest)
    ranked = likest(one, enumerate(others), most, least)
    return [_near(rows[n], near, shared_words(one, others[n])) for n, near in ranked]


def _near(row: tuple[Any, ...], near: Nearness, words: list[str]) -> Near:
    _text, received_at, _code, path, _lat, _lon, key, number, title, zh, en, ended_at, *answer = row
    return Near(
        key=key,
        number=number,
        title=title,
        kind=name_for_reader(zh, en),
        path=path,
        on=localdate(received_at),
        is_open=ended_at is None,
        nearness=near,
        words=tuple(words),
        answer=first_line(answer[0] or "", ANSWER_LINE) if answer else "",
    )

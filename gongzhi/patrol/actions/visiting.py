"""A stop is visited, or could not be; what was not in order becomes matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.advice.danger import danger_in
from gongzhi.assets import actions as asset_actions
from gongzhi.assets.words import code_in
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.ids import uuid7
from gongzhi.base.moves import MoveRefused, permitted, shift
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.actions import Report, spot
from gongzhi.matters.models import Channel, Kind, Matter
from gongzhi.matters.objects import refuse_persons
from gongzhi.matters.uploads import Upload
from gongzhi.patrol import queries, rules, words
from gongzhi.patrol.models import Checklist, Finding, Line, Round, Stop, Way
from gongzhi.patrol.states import STOP, RoundState

of_stop = permitted(STOP, rules)
LATE = timedelta(days=7)  # how long afterwards a device without network may tell of a day


@dataclass(frozen=True, slots=True)
class Seen:
    """What was not in order: the line, in words, of what kind; with words on what was done, settled."""

    line: Line
    words: str
    kind: Kind
    photos: Sequence[Upload] = ()
    settled: str = ""
    after: Sequence[Upload] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A whole visit: by what code, by which edition, what was left out, what was not in order."""

    checklist: Checklist
    code: str = ""
    note: str = ""
    left_out: Sequence[str] = ()
    seen: Sequence[Seen] = ()


@of_stop
def visit(
    stop: Stop, told: Told, *, done_at: datetime | None = None, by: Actor, at: datetime
) -> list[Matter]:
    """Tell that a stop was visited, and what was found; all lines not named are in order.

    Everything of it or nothing.  ``done_at`` is when it was, as told by a device that had no network;
    of it only the day is looked at.

    :raises MoveRefused: the round was withdrawn
    :raises ValidationError: the code is another's, nothing says that somebody was there, another day
    """
    _check_round(stop.round)
    _check_day(stop, done_at or at, at)
    _check_there(stop, told, localdate(at))
    way = Way.SCAN if told.code else Way.REPORT
    matters = _receive(stop, told, by, at)
    shift(
        stop,
        STOP,
        STOP["visit"],
        way=way,
        checklist=told.checklist,
        left_out=list(told.left_out),
        note=_noted(told.note),
    )
    facts = {
        "to": stop.state,
        "way": way.value,
        "checklist": told.checklist.code,
        "edition": told.checklist.edition,
        "findings": len(told.seen),
    }
    record(stop, verb="stop.visit", by=by, at=midnight(stop.day), facts=facts)
    return matters


@of_stop
def skip(stop: Stop, *, why: str, done_at: datetime | None = None, by: Actor, at: datetime) -> None:
    """Tell why a stop could not be visited; it may still be.

    :raises MoveRefused: the round was withdrawn
    :raises ValidationError: no reason, or one about persons
    """
    _check_round(stop.round)
    _check_day(stop, done_at or at, at)
    said = _noted(why)
    if not said:
        raise ValidationError({"why": _("Write in a few words why not: locked, works, water …")})
    shift(stop, STOP, STOP["skip"], note=said)
    facts = {"to": stop.state}
    record(stop, verb="stop.skip", by=by, at=midnight(stop.day), facts=facts)


@transaction.atomic
def tell(stop: Stop, told: Told, *, by: Actor, at: datetime) -> list[Matter]:
    """Report only what was found, where the round counts no more; the stop stays as it is."""
    if not rules.may_visit(by, stop):
        raise MoveRefused(STOP["visit"].only)
    return _receive(stop, told, by, at)


def midnight(day: date) -> datetime:
    """Return the moment under which a visit is kept: the beginning of its day, nothing finer."""
    return datetime(day.year, day.month, day.day, tzinfo=default_days().zone)


def _check_round(of: Round) -> None:
    if of.state == RoundState.WITHDRAWN:
        raise MoveRefused(
            _(
                "This round was withdrawn: %(reason)s. Nothing of it is counted; what you found you "
                "can still report below."
            )
            % {"reason": of.reason}
        )


def _check_day(stop: Stop, done_at: datetime, at: datetime) -> None:
    day = localdate(done_at)
    if stop.day != day or localdate(at) - stop.day > LATE:
        raise ValidationError(
            _(
                "This stop was of the round of %(day)s and can no longer be told of. What you found "
                "you can still report."
            )
            % {"day": stop.day.isoformat()}
        )


def _check_there(stop: Stop, told: Told, on: date) -> None:
    """Ask for a sign that somebody was there: its code, or words on what is seen there."""
    if told.code:
        code = code_in(told.code)
        why = queries.why_not(code, stop, on) if code else words.no_code()
        if why:
            raise ValidationError({"code": why})
    elif not (text.clean(told.note) or told.seen):
        raise ValidationError(
            {
                "code": _(
                    "Scan or type the code on the label; where there is none, write below what you "
                    "see there."
                )
            }
        )


def _noted(said: str) -> str:
    plain = text.clean(said)[:400]
    refuse_persons(plain)
    return plain


def _receive(stop: Stop, told: Told, by: Actor, at: datetime) -> list[Matter]:
    return [_take(stop, one, by, at) for one in told.seen]


def _take(stop: Stop, seen: Seen, by: Actor, at: datetime) -> Matter:
    """Raise a matter from what was seen, once for each line of a stop."""
    danger = danger_in(seen.words)
    on_foot = not isinstance(by, rules.Volunteer)
    report = Report(
        kind=seen.kind,
        text=f"{seen.words}\n{_('Asked on the round:')} {seen.line.text}",
        place=stop.where,
        channel=Channel.FIELD if on_foot else Channel.QR,
        lat=stop.asset.lat if stop.asset else None,
        lon=stop.asset.lon if stop.asset else None,
        address=stop.name if stop.asset else "",
        urgent=bool(danger) or seen.kind.danger,
        danger=danger,
        photos=() if seen.settled else seen.photos,
        form_key=uuid5(stop.pk, seen.line.code),
    )
    done = {"settled": seen.settled, "before": seen.photos, "after": seen.after}
    matter = spot(report, **(done if seen.settled else {}), by=by, at=at)  # type: ignore[arg-type]
    if stop.asset:
        asset_actions.link(stop.asset, matter=matter, by=by, at=at)
    key = {"id": _key(stop.day), "stop": stop, "line": seen.line}
    Finding.objects.get_or_create(matter=matter, defaults=key)
    return matter


def _key(day: date) -> UUID:
    """Return a key that tells of the day alone."""
    return uuid7(int(midnight(day).timestamp() * 1000))

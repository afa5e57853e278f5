"""What was resolved, on its way to its end."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.actions import Report, dispatch, receive
from gongzhi.matters.models import Channel, Kind
from gongzhi.matters.queries import kind, likely_kind
from gongzhi.meetings.actions.writing import move, of_resolution, plain
from gongzhi.meetings.models import LONGEST_WORDS, Resolution


@of_resolution
def report(resolution: Resolution, *, words: str, by: Actor, at: datetime) -> None:
    """Say that it is done, and how; who called the offices together looks at it."""
    said = plain(words, longest=LONGEST_WORDS)
    facts, told = {"n": resolution.rank}, {"text": said}
    move(resolution, "report", by=by, at=at, facts=facts, told=told, report=said, reported_at=at)


@of_resolution
def approve(resolution: Resolution, *, by: Actor, at: datetime) -> None:
    """Accept that it is done: its end."""
    move(resolution, "approve", by=by, at=at, facts={"n": resolution.rank}, ended_at=at)


@of_resolution
def rework(resolution: Resolution, *, reason: str, by: Actor, at: datetime) -> None:
    """Send it back to the office as not done yet, with the reason; its day stands."""
    words = plain(reason, longest=LONGEST_WORDS)
    facts, told = {"n": resolution.rank}, {"reason": words}
    move(resolution, "rework", by=by, at=at, facts=facts, told=told, ruling=words, reported_at=None)


@of_resolution
def entrust(resolution: Resolution, *, by: Actor, at: datetime) -> None:
    """Dispatch the matter of the summons to the office that has to do it.

    :raises ValidationError: it is about no matter, or something became of it already
    :raises MoveRefused: the matter is not open to dispatch
    """
    _check_new(resolution)
    matter = resolution.summons.matter
    if matter is None:
        raise ValidationError(_("It is about no single matter: make it a new matter instead."))
    dispatch(matter, office=resolution.office, words=resolution.text[:500], by=by, at=at)
    facts = {"n": resolution.rank, "matter": matter.number}
    move(resolution, "entrust", by=by, at=at, facts=facts, matter=matter)


@of_resolution
def raise_matter(resolution: Resolution, *, by: Actor, at: datetime) -> None:
    """Raise what was resolved as a new matter, of the same kind and place where it is about one.

    :raises ValidationError: something became of it already
    """
    _check_new(resolution)
    summons = resolution.summons
    told = Report(
        kind=_kind(resolution, at),
        text=resolution.text,
        place=summons.matter.place if summons.matter else summons.place,
        channel=Channel.MEETING,
        urgent=summons.urgent,
        synthetic=bool(summons.matter and summons.matter.synthetic),
    )
    matter = receive(told, by=by, at=at).matter
    facts = {"n": resolution.rank, "matter": matter.number}
    move(resolution, "raise_matter", by=by, at=at, facts=facts, matter=matter)


def _check_new(resolution: Resolution) -> None:
    if resolution.matter_id:
        raise ValidationError(_("Something became of it already: follow that matter."))


def _kind(resolution: Resolution, at: datetime) -> Kind:
    today = at.astimezone(default_days().zone).date()
    about = resolution.summons.matter
    found = (about and kind(about.kind_code, today)) or likely_kind(resolution.text, today)
    if found is None:
        raise ValidationError(_("No kind of the catalogue fits: raise it by hand."))
    return found

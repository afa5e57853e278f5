"""The moves of a hazard: points, order, protection, rectification, acceptance, supervision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.hazards import queries
from gongzhi.hazards.actions.registering import graded
from gongzhi.hazards.actions.writing import move, of_hazard, said, show
from gongzhi.hazards.models import Evidence, Hazard, Level
from gongzhi.hazards.objects import refuse_no_place
from gongzhi.hazards.states import State
from gongzhi.matters.uploads import Upload


@dataclass(frozen=True, slots=True)
class Points:
    """The five points; each may be left for later, all are needed before the order."""

    office: Office | None = None
    charge: str = ""
    due_on: date | None = None
    due_ground: str = ""
    measures: str = ""
    money_cny: int | None = None
    money_from: str = ""
    plan: str = ""


@of_hazard
def fix(hazard: Hazard, *, points: Points, by: Actor, at: datetime) -> None:
    """Set the five points: who answers for it, until when, whose duty, what money, which plan.

    Where a rule of this installation bounds the date, it is the ground of a date without one.

    :raises ValidationError: the date is over or later than the rule allows, or money comes from nowhere
    """
    given = {one.name: getattr(points, one.name) for one in fields(points)}
    given = {name: text.clean(v) if isinstance(v, str) else v for name, v in given.items()}
    if points.due_on:
        ground = _bounded(hazard, points.office, points.due_on, at)
        given["due_ground"] = given["due_ground"] or ground
    if points.money_cny and not points.money_from:
        raise ValidationError({"money_from": _("Say where the money comes from.")})
    facts = {"office": points.office.code if points.office else "", "money_cny": points.money_cny}
    facts |= {"due_on": points.due_on.isoformat() if points.due_on else ""}
    told = {
        name: given[name] for name in ("charge", "due_ground", "measures", "money_from", "plan")
    }
    move(hazard, "fix", by=by, at=at, facts=facts, told=told, **given)


@of_hazard
def order(hazard: Hazard, *, by: Actor, at: datetime) -> None:
    """Order the responsible office to put it right by its date.

    :raises ValidationError: a point is missing, the date cannot be, or nothing is said of what is
        closed off around a major hazard (Work Safety Law art. 65)
    """
    if missing := hazard.missing:
        raise ValidationError(
            _("Before it is ordered, all five points are set. Missing: %(points)s.")
            % {"points": pgettext("list", ", ").join(map(str, missing))}
        )
    _guarded(hazard, hazard.level)
    if hazard.due_on:
        _bounded(hazard, hazard.office, hazard.due_on, at)
    today, due_on = localdate(at), hazard.due_on
    facts = {"office": hazard.office.code if hazard.office else "", "due_on": f"{due_on}"}
    move(hazard, "order", by=by, at=at, facts=facts, ordered_on=today)


def _guarded(hazard: Hazard, level: str) -> None:
    if level == Level.MAJOR and not hazard.protection:
        raise ValidationError(
            _(
                "A major hazard: say first under interim protection what is closed off until it is "
                "put right, or why nothing needs to be (Work Safety Law art. 65)."
            )
        )


def _bounded(hazard: Hazard, office: Office | None, due_on: date, at: datetime) -> str:
    """Return the rule that bounds a date, or "".

    :raises ValidationError: the date is over, or later than the rule allows
    """
    today = localdate(at)
    if due_on < today:
        raise ValidationError({"due_on": _("This day is over: choose a later one.")})
    bound = queries.rule(hazard.level, today)
    if bound is None or office is None:
        return ""
    last = queries.latest(bound, office, today)
    _no_later(due_on, last, bound.cited)
    return bound.cited


def _no_later(due_on: date, last: date, cited: str) -> None:
    if due_on > last:
        raise ValidationError(
            {
                "due_on": _("By %(rule)s it must be put right by %(day)s: choose an earlier day.")
                % {"rule": cited, "day": last}
            }
        )


@of_hazard
def protect(
    hazard: Hazard, *, words: str, since: date | None = None, by: Actor, at: datetime
) -> None:
    """Say what is closed off or watched until it is put right, and since when (today, if not said).

    :raises ValidationError: nothing is said, or it would begin in the future
    """
    today = localdate(at)
    since = since or today
    if since > today:
        raise ValidationError({"since": _("Say since when it is so, not from when it will be.")})
    words = said(words)
    told = {"words": words}
    move(hazard, "protect", by=by, at=at, facts={"since": since.isoformat()}, told=told,
         protection=words, protected_on=since)  # fmt: skip


@of_hazard
def explain(hazard: Hazard, *, words: str, by: Actor, at: datetime) -> None:
    """Say why it is there: needed before one that came back may be accepted."""
    words = said(words)
    move(hazard, "explain", by=by, at=at, told={"words": words}, cause=words)


@of_hazard
def grade(
    hazard: Hazard, *, likelihood: int, severity: int, words: str, by: Actor, at: datetime
) -> None:
    """Grade it anew by the matrix that it was registered under, with the reason.

    :raises ValidationError: it is ordered and would be major with nothing said of what is closed off
    """
    level = graded(hazard.kind, hazard.matrix, likelihood, severity)
    if hazard.state == State.ORDERED:
        _guarded(hazard, level)
    facts = {"likelihood": likelihood, "severity": severity, "level": str(level)}
    told = {"words": said(words)}
    move(hazard, "grade", by=by, at=at, facts=facts, told=told,
         likelihood=likelihood, severity=severity, level=level)  # fmt: skip


@of_hazard
def postpone(hazard: Hazard, *, due_on: date, words: str, by: Actor, at: datetime) -> None:
    """Give the office until another day, with the reason; how often that happened is counted.

    :raises ValidationError: no later day than before, over already, or later than a rule allows
        with its extension
    """
    if hazard.due_on and due_on <= max(hazard.due_on, localdate(at)):
        raise ValidationError(
            {"due_on": _("The new day lies after the one before and after today.")}
        )
    bound = queries.rule(hazard.level, hazard.ordered_on) if hazard.ordered_on else None
    if bound and hazard.office and hazard.ordered_on:
        last = queries.latest(bound, hazard.office, hazard.ordered_on, more=True)
        _no_later(due_on, last, bound.cited)
    told = {"words": said(words)}
    move(hazard, "postpone", by=by, at=at, facts={"due_on": due_on.isoformat()}, told=told,
         due_on=due_on, reminded="", n_postponed=hazard.n_postponed + 1)  # fmt: skip


@of_hazard
def rectify(
    hazard: Hazard, *, words: str, photos: Sequence[Upload], by: Actor, at: datetime
) -> None:
    """Say that it is put right, with photos of the place afterwards; it is not accepted by that.

    :raises ValidationError: no photo shows it
    """
    words = said(words)
    if not photos:
        raise ValidationError({"photos": _("Show the place afterwards: at least one photo.")})
    show(hazard, photos, Evidence.Stage.AFTER, at)
    facts = {"photos": len(photos)}
    move(hazard, "rectify", by=by, at=at, facts=facts, told={"words": words},
         rectified_on=localdate(at))  # fmt: skip


@of_hazard
def accept(
    hazard: Hazard, *, words: str, photos: Sequence[Upload] = (), by: Actor, at: datetime
) -> None:
    """Accept that it is put right, by somebody outside the responsible house; what was closed may open.

    :raises ValidationError: it came back and nobody has said why
    """
    if hazard.earlier_id and not hazard.cause:
        raise ValidationError(
            _("It came back: its cause must be said before it can be accepted (“Say its cause”).")
        )
    words = said(words)
    show(hazard, photos, Evidence.Stage.CHECK, at)
    move(hazard, "accept", by=by, at=at, told={"words": words}, accepted_on=localdate(at))


@of_hazard
def fail(
    hazard: Hazard, *, words: str, photos: Sequence[Upload] = (), by: Actor, at: datetime
) -> None:
    """Send it back to the office with the reason: it stays on the list, and its date stays."""
    words = said(words)
    show(hazard, photos, Evidence.Stage.CHECK, at)
    move(hazard, "fail", by=by, at=at, told={"words": words},
         rectified_on=None, n_failed=hazard.n_failed + 1)  # fmt: skip


@of_hazard
def supervise(hazard: Hazard, *, summary: str, by: Actor, at: datetime) -> None:
    """Put it on the public list of supervision, with what everybody may read of it.

    :raises ValidationError: it stands there, or its summary speaks of persons or homes
    """
    if hazard.is_listed:
        raise ValidationError(_("It stands on the public list already."))
    summary = said(summary, "summary")
    try:
        refuse_no_place(summary)
    except ValidationError as fault:
        raise ValidationError({"summary": fault}) from fault
    told = {"summary": summary}
    move(hazard, "supervise", by=by, at=at, told=told, summary=summary, listed_on=localdate(at))


@of_hazard
def lift(hazard: Hazard, *, words: str, by: Actor, at: datetime) -> None:
    """Take it off the public list, once it is accepted, with what was checked.

    :raises ValidationError: it does not stand there
    """
    if not hazard.is_listed:
        raise ValidationError(_("It does not stand on the public list."))
    move(hazard, "lift", by=by, at=at, told={"words": said(words)}, lifted_on=localdate(at))


@of_hazard
def withdraw(hazard: Hazard, *, words: str, by: Actor, at: datetime) -> None:
    """Take it off the register as no hazard, with the reason; it also leaves the public list."""
    lifted: dict[str, Any] = {"lifted_on": localdate(at)} if hazard.is_listed else {}
    move(hazard, "withdraw", by=by, at=at, told={"words": said(words)}, **lifted)

"""Whoever raised a matter takes it back, and may think better of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base import text
from gongzhi.matters import limits
from gongzhi.matters.actions.handling import take_up
from gongzhi.matters.actions.joining import part_from
from gongzhi.matters.actions.writing import WRITER, action, move
from gongzhi.matters.models import Matter
from gongzhi.matters.states import MATTER, State

UNDO_FOR = timedelta(hours=72)


@action
def withdraw(matter: Matter, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Take the matter back; for 72 hours the requester can undo it.

    Its parts end with it.  What others raised goes on: it is parted from this one.
    """
    _withdraw(matter, text.clean(reason)[:500], by=by, at=at)
    for part in WRITER.get().parts(matter):
        if part.state in MATTER["withdraw"].sources:
            _withdraw(part, "", by=by, at=at)
    for joined in WRITER.get().joined(matter):
        part_from(joined, "", by=SYSTEM, at=at)


def _withdraw(matter: Matter, words: str, *, by: Actor, at: datetime) -> None:
    if matter.state == State.DEFERRED:
        take_up(matter, by=SYSTEM, at=at)  # who thinks better of it finds it in hand
    ends: dict[str, Any] = {"resume_to": matter.state, "ended_at": at} | limits.no_step(None)
    move(matter, "withdraw", by=by, at=at, told={"text": words}, **ends)


@action
def restore(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Undo a withdrawal within 72 hours: the matter stands where it stood, with its parts.

    :raises ValidationError: later than that
    """
    if matter.ended_at and at > matter.ended_at + UNDO_FOR:
        raise ValidationError(_("More than 72 hours have passed. Please raise it anew."))
    _restore(matter, by=by, at=at)
    for part in WRITER.get().parts(matter):
        if part.state == State.WITHDRAWN:
            _restore(part, by=by, at=at)


def _restore(matter: Matter, *, by: Actor, at: datetime) -> None:
    to = matter.resume_to
    step = limits.step_in(matter, to, at, answer_by=matter.answer_by)
    move(matter, "restore", by=by, at=at, to=to, resume_to="", ended_at=None, **step)

"""How a move of a hazard is written: the row, the history, and a job that tells those concerned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.ids import uuid7
from gongzhi.base.moves import permitted, shift
from gongzhi.hazards import rules
from gongzhi.hazards.models import Evidence, Hazard
from gongzhi.hazards.states import HAZARD
from gongzhi.hazards.words import NOTICED
from gongzhi.jobs.actions import enqueue
from gongzhi.matters.uploads import Sort, Upload, store

of_hazard = permitted(HAZARD, rules)


def move(
    hazard: Hazard,
    name: str,
    *,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Make a move of a hazard: its row, its history, a job to tell of it; part of an action."""
    shift(hazard, HAZARD, HAZARD[name], **changes)
    keep(hazard, name, by=by, at=at, facts=facts, told=told)


def keep(
    hazard: Hazard,
    name: str,
    *,
    by: Actor,
    at: datetime,
    first: bool = False,
    facts: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
) -> None:
    """Keep in the history of a hazard what happened, and leave a job where somebody is told."""
    verb = f"hazard.{name}"
    record(hazard, verb=verb, by=by, at=at, first=first, facts=facts, told=told)
    if verb in NOTICED:
        enqueue("hazard", by=by, at=at, key=hazard.pk, args={"verb": verb})


def said(words: str, field: str = "words") -> str:
    """Return words without what hides in them.

    :raises ValidationError: there are none
    """
    if cleaned := text.clean(words):
        return cleaned
    raise ValidationError({field: _("Say it in a few words.")})


def show(hazard: Hazard, photos: Sequence[Upload], stage: str, at: datetime) -> None:
    """Keep photos of the place; part of the action that brings them.

    :raises ValidationError: something else than a photo is among them
    """
    if any(one.sort != Sort.PHOTO for one in photos):
        raise ValidationError({"photos": _("Evidence is photos of the place: send pictures only.")})
    Evidence.objects.bulk_create(
        Evidence(
            id=uuid7(),
            hazard=hazard,
            stage=stage,
            file=store(one.content, one.ending),
            small=store(one.small, one.ending),
            width=one.width,
            height=one.height,
            sha256=one.sha256,
            at=at,
        )
        for one in photos
    )

"""What counts in the rates: what is kept out is reviewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import shift
from gongzhi.matters import rules
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import WRITER
from gongzhi.matters.models import Exclusion
from gongzhi.matters.states import EXCLUSION


def uphold(exclusion: Exclusion, *, words: str = "", by: Actor, at: datetime) -> None:
    """Uphold an exclusion after a review: the follow-up counts in no rate."""
    _rule(exclusion, "uphold", rules.may_uphold, words, by=by, at=at)


def overturn(exclusion: Exclusion, *, words: str, by: Actor, at: datetime) -> None:
    """Overturn an exclusion, with the reason: the follow-up counts.

    :raises ValidationError: no reason
    """
    _rule(exclusion, "overturn", rules.may_overturn, worded(words, longest=500), by=by, at=at)


@transaction.atomic
def _rule(
    exclusion: Exclusion,
    name: str,
    may: Callable[[Actor, Exclusion], bool],
    words: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    if not may(by, exclusion):
        raise PermissionDenied(EXCLUSION[name].only)
    shift(exclusion, EXCLUSION, EXCLUSION[name], ruling=words, ruled_at=at)
    _tell(exclusion, name, words, by, at)


def _tell(exclusion: Exclusion, verb: str, words: str, by: Actor, at: datetime) -> None:
    facts = {"reason": exclusion.reason, "state": exclusion.state}
    WRITER.get().record(
        exclusion.matter,
        verb=f"matter.{verb}",
        by=by,
        at=at,
        first=False,
        facts=facts,
        told={"text": words},
    )

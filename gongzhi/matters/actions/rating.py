"""What counts in the rates: what is kept out has a reason and is reviewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import shift
from gongzhi.matters import rules
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import WRITER
from gongzhi.matters.models import BY_HAND, Exclusion, FollowUp
from gongzhi.matters.states import EXCLUSION, ONLY_SORTER


@transaction.atomic
def exclude(call: FollowUp, *, reason: str, words: str, by: Actor, at: datetime) -> Exclusion:
    """Claim that what a requester said shall count in no rate; somebody else reviews it.

    Until the claim is upheld it counts.

    :raises ValidationError: no reason of the list, no words, nothing was said, or claimed already
    """
    if not rules.may_exclude(by, call):
        raise PermissionDenied(ONLY_SORTER)
    if reason not in BY_HAND:
        raise ValidationError(_("Choose a reason of the list."))
    if not call.is_answer:
        raise ValidationError(_("Nothing was said here that could count."))
    given = {"reason": reason, "words": worded(words, longest=500), "at": at}
    given |= {"matter": call.matter, "by_id": by.id, "by_label": by.label}
    exclusion, is_new = Exclusion.objects.get_or_create(follow_up=call, defaults=given)
    if not is_new:
        raise ValidationError(_("Somebody has claimed this already: it waits for its review."))
    _tell(exclusion, "exclude", exclusion.words, by, at)
    return exclusion


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

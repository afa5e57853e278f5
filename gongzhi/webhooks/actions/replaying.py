"""What was not taken, or shall be taken again, is sent anew with the ids it had."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.webhooks import rules
from gongzhi.webhooks.models import Delivery, Hook
from gongzhi.webhooks.states import Sent


@transaction.atomic
def replay(letter: Delivery, *, by: Actor, at: datetime) -> None:
    """Send a dead letter once more from the start; what it held back follows."""
    rules.check(by)
    if not _again(letter.hook, at, pk=letter.pk, state=Sent.DEAD):
        raise ValidationError(
            _("This is no dead letter any more. Look again at how it stands now.")
        )
    facts = {"event": str(letter.event)}
    record(letter.hook, verb="hook.replay", by=by, at=at, facts=facts)


@transaction.atomic
def drop(letter: Delivery, *, by: Actor, at: datetime) -> None:
    """Let a dead letter go unsent, so that what it holds back is sent."""
    rules.check(by)
    found = Delivery.objects.filter(pk=letter.pk, state=Sent.DEAD)
    if not found.update(state=Sent.DROPPED, ended_at=at):
        raise ValidationError(
            _("This is no dead letter any more. Look again at how it stands now.")
        )
    facts = {"event": str(letter.event)}
    record(letter.hook, verb="hook.drop", by=by, at=at, facts=facts)


@transaction.atomic
def replay_all(hook: Hook, *, by: Actor, at: datetime) -> int:
    """Send all dead letters of a hook once more; return how many."""
    rules.check(by)
    n = _again(hook, at, state=Sent.DEAD)
    record(hook, verb="hook.replay_all", by=by, at=at, facts={"n": n})
    return n


@transaction.atomic
def replay_span(hook: Hook, *, since: datetime, until: datetime, by: Actor, at: datetime) -> int:
    """Send again what a hook was told in a span of time, as far as it is kept; return how many.

    :raises ValidationError: it ends before it begins
    """
    rules.check(by)
    if until <= since:
        raise ValidationError({"until": _("The span ends before it begins.")})
    done = [Sent.TAKEN, Sent.DEAD, Sent.DROPPED]
    n = _again(hook, at, created_at__gte=since, created_at__lt=until, state__in=done)
    facts = {"since": since.isoformat(), "until": until.isoformat(), "n": n}
    record(hook, verb="hook.replay_span", by=by, at=at, facts=facts)
    return n


def _again(hook: Hook, at: datetime, **which: object) -> int:
    found = Delivery.objects.filter(hook=hook, **which)
    return found.update(state=Sent.WAITING, tries=0, again_at=at, ended_at=None, error="")

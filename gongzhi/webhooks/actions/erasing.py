"""What was sent is not kept for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from gongzhi.audit.actors import Actor
from gongzhi.exchange.signing import FRESH
from gongzhi.webhooks.models import Delivery, Hook, Used
from gongzhi.webhooks.states import Sent

LONGEST = timedelta(days=90)
DONE = [Sent.TAKEN, Sent.DROPPED]


def erase(*, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Erase what was taken after its hook's term, and everything after 90 days; return how much.

    Signatures that would be too old anyway are forgotten.
    """
    n = 0
    for hook in Hook.objects.order_by("pk"):
        own = Delivery.objects.filter(hook=hook)
        kept = timedelta(days=hook.keep_days)
        n += own.filter(state__in=DONE, created_at__lt=at - kept).delete()[0]
        n += own.filter(created_at__lt=at - LONGEST).delete()[0]
    Used.objects.filter(at__lt=at - 3 * FRESH).delete()
    return n

"""Messages to parties: by the way they chose, in their hours, and never with what it is about."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import override

from gongzhi.audit.actors import Actor
from gongzhi.base.seal import seal
from gongzhi.jobs.actions import enqueue
from gongzhi.notices.actions import write
from gongzhi.parties.models import Party


def tell(party: Party, text: str | Promise, *, verb: str, by: Actor, at: datetime) -> bool:
    """Write to a party, if there is a way that is safe for them, not before their next safe hour.

    Return whether there is.  ``text`` may name ``%(number)s`` and ``%(where)s``, and says nothing of
    what the file holds.
    """
    where = settings.ORIGIN + reverse("portal:follow")
    with override(party.language):
        said = str(text) % {"number": party.number, "where": where}
    return send(party, said, verb=verb, by=by, at=at)


def send(party: Party, said: str, *, verb: str, by: Actor, at: datetime) -> bool:
    """Send a finished message to a party now, or leave a job for their next safe hour.

    What waits is sealed and knows no address: how they want to be reached is read when it goes, so
    that nothing goes the old way after they changed it, or to who left.
    """
    reach = party.reach
    if party.left_at or not reach.to:
        return False
    free_at = reach.not_before(localtime(at))
    if free_at > at:
        sealed = seal({"text": said}, f"waits:{party.pk.hex}")
        args = {"sealed": base64.b64encode(sealed).decode(), "verb": verb}
        enqueue("party_letter", by=by, at=at, key=party.pk, args=args, after=free_at)
    else:
        write(to=reach.to, text=said, verb=verb, by=by, at=at)
    return True


def tell_all(
    some: Iterable[Party], text: str | Promise, *, verb: str, by: Actor, at: datetime
) -> int:
    """Write to each of the parties; return to how many there was a way."""
    return sum(tell(party, text, verb=verb, by=by, at=at) for party in some)

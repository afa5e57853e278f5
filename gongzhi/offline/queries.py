from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet

from gongzhi.accounts.models import Staff, User
from gongzhi.base.seal import keyed_hash
from gongzhi.offline.models import Act, Device

OLDEST = timedelta(days=14)


def owner(of: Staff) -> str:
    """Return by what a device knows whose pages and acts it keeps."""
    return keyed_hash("offline", str(of.id))[:16]


def digest(key: UUID, by: Staff, address: str) -> str:
    """Return what binds the act ``key`` to who sends it and to where."""
    return sha256(f"{key}\0{by.id}\0{address}".encode()).hexdigest()


def done(key: UUID) -> Act | None:
    """Return the act with this key, where it has been done (one query)."""
    return Act.objects.filter(pk=key).first()


def acted(said: str, clock: str, at: datetime) -> datetime:
    """Return when something was done: ``said`` by a device whose clock says ``clock`` at ``at``.

    A clock that is wrong is wrong alike for both, so that the time between them holds.  What makes no
    sense, lies in the future or is older than two weeks counts as done now.
    """
    try:
        then = at - (datetime.fromisoformat(clock) - datetime.fromisoformat(said))
    except (TypeError, ValueError, OverflowError):
        return at
    return then if at - OLDEST <= then <= at else at


def devices(user: User) -> QuerySet[Device]:
    """Return the devices on which ``user`` keeps something, the latest first."""
    return Device.objects.filter(user=user, wiped_at=None).order_by("-seen_on", "label")


def device(key: UUID) -> Device | None:
    """Return the device with this key (one query)."""
    return Device.objects.filter(pk=key).first()


def is_new(found: Device | None, by: Staff, sign_in: str | None, on: date) -> bool:
    """Return whether there is something to write down about a device that asks on a day."""
    if found is None or found.user_id != by.id or found.seen_on != on:
        return True
    return bool(sign_in) and str(found.sign_in) != sign_in

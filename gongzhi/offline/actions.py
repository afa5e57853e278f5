from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.queries import default_days
from gongzhi.offline import queries, rules
from gongzhi.offline.models import Act, Device

COARSE_AFTER = timedelta(days=7)
FORGOTTEN_AFTER = timedelta(days=180)  # no device keeps an act longer


def keep(
    key: UUID, *, address: str, answer: str, acted_at: datetime, by: Staff, at: datetime
) -> Act:
    """Keep that the act ``key``, sent to ``address``, was done, with the address that answered it.

    Part of the transaction of what was done.

    :raises IntegrityError: it was done at the same moment by another request
    """
    zone = default_days().zone
    return Act.objects.create(
        id=key,
        digest=queries.digest(key, by, address),
        address=answer,
        acted_at=acted_at,
        acted_on=localdate(acted_at, zone),
        received_at=at,
        received_on=localdate(at, zone),
    )


def coarsen(*, by: Actor, at: datetime) -> int:  # noqa: ARG001  every action says for whom it works
    """Keep of acts older than a week only the days, and forget the oldest; return of how many."""
    oldest = localdate(at - FORGOTTEN_AFTER, default_days().zone)
    Act.objects.filter(received_on__lt=oldest).delete()
    week = Act.objects.filter(received_at__lt=at - COARSE_AFTER)
    return week.update(received_at=None, acted_at=None)


@transaction.atomic
def know(key: UUID, *, label: str, sign_in: str | None = None, by: Staff, at: datetime) -> Device:
    """Keep that ``by`` works with a device, in which sign-in, and on which day it was last seen.

    A device that changes hands is the new holder's; one that was wiped stays so and calls itself anew.
    """
    today = localdate(at, default_days().zone)
    found, is_new = Device.objects.get_or_create(
        id=key,
        defaults={"user_id": by.id, "label": label[:60], "since": today, "seen_on": today},
    )
    if is_new or found.user_id != by.id:
        found.user_id, found.since = by.id, today
        record(found, verb="device.know", by=by, at=at, told={"label": label[:60]})
    found.seen_on = today
    found.sign_in = UUID(sign_in) if sign_in else None
    found.save()
    return found


@transaction.atomic
def wipe(device: Device, *, by: Actor, at: datetime) -> None:
    """Have everything that ``device`` keeps wiped when it next calls.

    :raises PermissionDenied: neither whose it is nor an administrator
    """
    if not rules.may_wipe(by, device):
        raise PermissionDenied(_("Only whose device it is, or an administrator, may wipe it."))
    device.wiped_at = at
    device.save(update_fields=["wiped_at"])
    record(device, verb="device.wipe", by=by, at=at)


@transaction.atomic
def wipe_ended(sign_in: UUID, *, by: Actor, at: datetime) -> None:
    """Have the device wiped whose session somebody ended."""
    for device in Device.objects.filter(sign_in=sign_in, wiped_at=None):
        wipe(device, by=by, at=at)

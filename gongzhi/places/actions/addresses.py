from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.places import rules
from gongzhi.places.actions import writing
from gongzhi.places.actions.importing import Refusal
from gongzhi.places.models import Address
from gongzhi.places.readers import AddressRow

MOST = 300_000  # every process keeps them all in memory


@dataclass(frozen=True, slots=True)
class Replaced:
    """What came of a file of addresses: how many the library holds now, and who was refused."""

    n: int
    refused: tuple[Refusal, ...]


@transaction.atomic
def import_addresses(rows: Iterable[AddressRow], *, by: Actor, at: datetime) -> Replaced:
    """Put ``rows`` in the place of the whole address library; where one is refused, nothing changes.

    :raises PermissionDenied: ``by`` may not import
    :raises ValidationError: there are too many
    """
    if not rules.may_import(by):
        raise PermissionDenied
    edition = writing.hold(at)
    told = list(rows)
    if len(told) > MOST:
        raise ValidationError(_("At most %(most)d addresses are kept.") % {"most": MOST})
    refused = tuple(Refusal(row.number, row.name_zh, row.fault) for row in told if row.fault)
    if refused:
        return Replaced(Address.objects.count(), refused)
    Address.objects.all().delete()
    writing.store_addresses(told)
    writing.renew(edition, at)
    record(edition, verb="import_addresses", by=by, at=at, facts={"addresses": len(told)})
    return Replaced(len(told), ())

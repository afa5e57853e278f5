"""What moved under a use is recorded: how many entries and when, never the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import look, record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.matters.actions.writing import tell_beside
from gongzhi.matters.models import Matter
from gongzhi.sharing import rules
from gongzhi.sharing.models import Transfer, Use
from gongzhi.sharing.states import UseState

SKEW = timedelta(minutes=1)  # by which another system's clock may be ahead
LOOK = "share"  # for what a person's entry was looked at: its words stand in `matters.words`


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer, and whether it was recorded just now or before under the same key."""

    transfer: Transfer
    is_new: bool


def transfer(
    use: Use,
    *,
    count: int,
    moved_at: datetime,
    matter: Matter | None = None,
    key: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Moved:
    """Record that ``count`` entries moved at ``moved_at``, once for each ``key``.

    Of an item that is found by who a person is, one entry for that person's own ``matter``: its
    history tells them, and it is recorded as a look.

    :raises PermissionDenied: neither of the two offices nor the client of the system
    :raises MoveRefused: not approved or not in its time; the key was another transfer's
    :raises ValidationError: no entries, a time to come, persons in bulk or without their own matter
    """
    if not rules.may_transfer(by, use):
        raise PermissionDenied(
            _("Only the system that uses the item, or the two offices, may record what moved.")
        )
    said = (use.pk, count, moved_at, matter.pk if matter else None)
    if known := _known(key, said):
        return Moved(known, is_new=False)
    _check_use(use, moved_at, at)
    _check_said(use, count, matter, by)
    row = Transfer(use=use, count=count, moved_at=moved_at, recorded_at=at, matter=matter, key=key)
    try:
        with transaction.atomic():
            _write(row, by, at)
            return Moved(row, is_new=True)
    except IntegrityError:  # the same was sent twice at one moment
        if known := _known(key, said):
            return Moved(known, is_new=False)
        raise


def _known(key: UUID | None, said: tuple[object, ...]) -> Transfer | None:
    found = Transfer.objects.filter(key=key).first() if key else None
    if found and (found.use_id, found.count, found.moved_at, found.matter_id) != said:
        raise MoveRefused(
            _("This key was sent with another transfer. Give each transfer a key of its own.")
        )
    return found


def _check_use(use: Use, moved_at: datetime, at: datetime) -> None:
    if moved_at > at + SKEW:
        raise ValidationError({"moved_at": _("This time has not come yet.")})
    if use.state != UseState.APPROVED:
        raise MoveRefused(
            _("This use is not approved (%(state)s): nothing may move.")
            % {"state": use.get_state_display()}
        )
    if not (use.is_running(localdate(moved_at)) and use.is_running(localdate(at))):
        raise MoveRefused(
            _("This use runs from %(since)s to %(until)s: nothing may move before or after.")
            % {"since": use.since, "until": use.until}
        )


def _check_said(use: Use, count: int, matter: Matter | None, by: Actor) -> None:
    if count < 1:
        raise ValidationError({"count": _("At least one entry moves in a transfer.")})
    if rules.is_bulk(use.item, use):
        if matter:
            raise ValidationError({"matter": _("This item is about nobody: leave the matter out.")})
        return
    if count != 1:
        raise ValidationError(
            {
                "count": _(
                    "One person's entry moves at a time, for that person's own matter: record each "
                    "by itself."
                )
            },
            code="bulk",
        )
    if matter is None or not rules.may_serve(by, matter):
        raise ValidationError(
            {
                "matter": _(
                    "Name the open matter in which this person asks for something for themselves, and "
                    "that you work on: it is shown to them there."
                )
            }
        )


def _write(row: Transfer, by: Actor, at: datetime) -> None:
    row.save(force_insert=True)
    use, matter = row.use, row.matter
    facts = {
        "count": row.count,
        "moved_at": row.moved_at.isoformat(),
        "from": use.item.system.code,
        "to": use.system.code,
        "item": use.item.code,
    }
    record(use, verb="use.transfer", by=by, at=at, facts=facts)
    if matter:
        told = {"text": f"{use.item.name_zh}：{use.purpose}"}
        where = {"office": use.system.office.code, "server": use.system.name_zh}
        tell_beside(matter, "share", where, told=told, by=by, at=at)
        look(matter.pk, purpose=LOOK, by=by, at=at)

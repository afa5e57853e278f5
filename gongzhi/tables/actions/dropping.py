"""Folders are added, changed, stopped; `looking` looks at them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff, User
from gongzhi.accounts.queries import staff
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.base.moves import permitted, shift
from gongzhi.tables import rules
from gongzhi.tables.backends import tidy_folder
from gongzhi.tables.fields import tables
from gongzhi.tables.models import Drop
from gongzhi.tables.states import DROP

of_drop = permitted(DROP, rules)
NIGHT = time(2)
TOLD = ("name", "way", "table", "folder", "source", "crs", "encoding", "form", "minutes")


@transaction.atomic
def add_drop(*, owner: User, by: Actor, at: datetime, **says: Any) -> Drop:
    """Look after a folder from now on, as ``owner``, whose rights count for its files.

    :raises ValidationError: the folder leads elsewhere, or the owner may not send or get the table
    """
    rules.check_drops(by)
    drop = Drop(
        id=uuid7(), owner=owner, created_at=at, due_at=at, language=get_language() or "zh-hans"
    )
    _set(drop, says, at)
    drop.save(force_insert=True)
    record(drop, verb="drop.add", by=by, at=at, first=True, facts=_told(drop))
    return drop


def _told(drop: Drop) -> dict[str, Any]:
    return {name: getattr(drop, name) for name in TOLD}


def _set(drop: Drop, says: dict[str, Any], at: datetime) -> None:
    for name, value in says.items():
        setattr(drop, name, value)
    drop.folder = tidy_folder(drop.folder)
    if drop.way == Drop.Way.OUT:
        drop.due_at = _night(at)
    drop.full_clean()
    check_owner(drop, staff(drop.owner, at))


def check_owner(drop: Drop, owner: Staff) -> None:
    may = rules.may_send if drop.way == Drop.Way.IN else rules.may_get
    if not may(owner, tables()[drop.table]):
        raise ValidationError({"table": _("Whoever answers for the folder may not do this.")})
    if drop.way == Drop.Way.IN and drop.table == rules.OF_ACCEPTORS and not drop.source:
        raise ValidationError({"source": _("Say whose ids the rows carry.")})


def _night(at: datetime) -> datetime:
    """Return the next two o'clock at night."""
    local = localtime(at)
    tonight = datetime.combine(local.date(), NIGHT, get_default_timezone())
    return tonight if tonight > at else tonight + timedelta(days=1)


@of_drop
def change(drop: Drop, /, *, by: Actor, at: datetime, **says: Any) -> None:
    """Change where a folder is, what it holds or how often it is looked at."""
    drop.due_at = at
    _set(drop, says, at)
    changed = {name: getattr(drop, name) for name in (*TOLD, "due_at")}
    shift(drop, DROP, DROP["change"], **changed)
    record(drop, verb="drop.change", by=by, at=at, facts=_told(drop))


@of_drop
def stop(drop: Drop, *, by: Actor, at: datetime) -> None:
    """Look at a folder no more."""
    shift(drop, DROP, DROP["stop"])
    record(drop, verb="drop.stop", by=by, at=at)


@of_drop
def start(drop: Drop, *, by: Actor, at: datetime) -> None:
    """Look at a folder again, at once."""
    shift(drop, DROP, DROP["start"], due_at=at, fault="")
    record(drop, verb="drop.start", by=by, at=at)

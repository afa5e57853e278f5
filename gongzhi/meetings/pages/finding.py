"""The record that an address names, for whoever may see its summons."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.base.moves import Lifecycle, Move
from gongzhi.meetings import rules
from gongzhi.meetings.models import Attendance, Resolution, Summons
from gongzhi.meetings.states import ATTENDANCE, RESOLUTION, SUMMONS

Record = Summons | Attendance | Resolution
OF: dict[str, tuple[type[Record], Lifecycle]] = {
    move.name: (table, lifecycle)
    for table, lifecycle in (
        (Summons, SUMMONS),
        (Attendance, ATTENDANCE),
        (Resolution, RESOLUTION),
    )
    for move in lifecycle.moves
}


def find(key: UUID, by: Staff) -> Summons:
    """Return the summons with what its page shows of it.

    :raises Http404: there is none
    :raises PermissionDenied: it is not theirs to see; says so without a title or a name
    """
    try:
        summons = Summons.objects.with_names().get(pk=key)
    except Summons.DoesNotExist as gone:
        raise Http404(_("There is no such meeting.")) from gone
    if not rules.may_see(by, summons):
        raise PermissionDenied(
            _("Your office was not called to this, and it is not of your place.")
        )
    return summons


def find_of(name: str, key: UUID, by: Staff) -> tuple[Record, Summons]:
    """Return the record that the move ``name`` is of, and its summons."""
    table: type[models.Model] = OF[name][0]
    if table is Summons:
        summons = find(key, by)
        return summons, summons
    row = table._default_manager.select_related("office").filter(pk=key).first()
    if not isinstance(row, Attendance | Resolution):
        raise Http404(_("There is no such meeting."))
    row.summons = find(row.summons_id, by)
    return row, row.summons


def move_of(name: str) -> Move:
    """Return the move called ``name``."""
    return OF[name][1][name]

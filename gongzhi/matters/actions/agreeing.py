"""What another installation promised that handed a matter to us stands in place of our own promise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost
from gongzhi.base.rows import update
from gongzhi.matters import rules
from gongzhi.matters.actions.writing import move_clocks, tell_beside
from gongzhi.matters.models import Matter
from gongzhi.matters.states import State


@transaction.atomic
def agree(matter: Matter, *, until: datetime, by: Actor, at: datetime) -> bool:
    """Promise the answer by ``until``, as it is promised there; return whether that was anything new.

    The dates of co-offices go with it.

    :raises MoveLost: somebody moves it at this moment
    """
    if not rules.may_agree(by):
        raise PermissionDenied
    if matter.agreed_by == until:
        return False
    changes: dict[str, Any] = {"agreed_by": until, "version": matter.version + 1}
    if matter.answer_by:
        changes |= {"answer_by": until, "provisional": False}
        changes |= {"due_at": until} if matter.state == State.HANDLING else {}
    if not update(matter, changes, version=matter.version):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    for name, value in changes.items():
        setattr(matter, name, value)
    if matter.answer_by:
        move_clocks(matter)
    tell_beside(matter, "agree", {"answer_by": until.isoformat()}, by=by, at=at)
    return True

"""An errand goes to a colleague, or is taken back: by hand, or because its matter went on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import User
from gongzhi.audit.actors import Actor
from gongzhi.errands import queries
from gongzhi.errands.actions.writing import end, leave_notice, move, of_errand
from gongzhi.errands.models import Errand
from gongzhi.errands.states import Sort
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import tell_beside

LONGEST = 500


@of_errand
def hand_over(errand: Errand, *, to: User, reason: str, by: Actor, at: datetime) -> None:
    """Hand it to a colleague of the same community, with the reason; both see it until it is done.

    :raises ValidationError: not a colleague who may do it
    """
    said = worded(reason, longest=LONGEST)
    if to not in queries.colleagues(errand, at):
        raise ValidationError(
            {"to": _("Only a colleague of the same community can take it: choose another.")}
        )
    before = errand.worker
    move(
        errand, "hand_over", by=by, at=at, told={"reason": said, "name": to.name_zh},
        worker=to, handed_by=before,
    )  # fmt: skip
    leave_notice(errand, "hand_over", to.pk, by=by, at=at)


@of_errand
def withdraw(errand: Errand, *, reason: str, by: Actor, at: datetime) -> None:
    """Take it back, with the reason: nobody needs to go there."""
    said, worker = worded(reason, longest=LONGEST), errand.worker_id
    whose = Actor(worker, "")
    end(errand, "withdraw", whose=whose, done_at=at, by=by, at=at, told={"reason": said}, said=said)
    verb = "recall_visit" if errand.sort == Sort.VISIT else "recall"
    tell_beside(errand.matter, verb, {}, told={"text": said}, by=by, at=at)
    leave_notice(errand, "withdraw", worker, by=by, at=at)


def outlive(matter: UUID, *, by: Actor, at: datetime) -> int:
    """Take back the errands of a matter that went on without them; return how many."""
    found = queries.outlived(queries.open_of(matter))
    for errand in found:
        withdraw(errand, reason=_("The matter has gone on without it."), by=by, at=at)
    return len(found)

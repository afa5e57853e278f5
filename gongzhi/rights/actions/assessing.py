"""Impact assessments (《个人信息保护法》 art. 55, 56) are written, approved by somebody else, looked at again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.base.rows import update
from gongzhi.rights import rules
from gongzhi.rights.models import Assessment
from gongzhi.rights.states import ONLY_OFFICER


@dataclass(frozen=True, slots=True)
class Told:
    """What an assessment says."""

    name_zh: str
    lawful: str
    effects: str
    measures: str
    review_on: date
    name_en: str = ""


@transaction.atomic
def assess(told: Told, *, by: Actor, at: datetime) -> Assessment:
    """Write an assessment; it is public once somebody else approved it.

    :raises ValidationError: something is left empty, or the day has passed
    """
    _check(told, by, at)
    made = Assessment(**asdict(told), written_by=by.id, written_at=at)
    made.full_clean()
    made.save(force_insert=True)
    record(made, verb="assessment.assess", by=by, at=at, first=True)
    return made


@transaction.atomic
def reassess(
    assessment: Assessment, told: Told, *, version: int | None, by: Actor, at: datetime
) -> None:
    """Write it anew: it has to be approved again.

    :raises ValidationError: something is left empty, or the day has passed
    :raises MoveLost: somebody else changed it since ``version``
    """
    _check(told, by, at)
    Assessment(**asdict(told), written_at=at).clean_fields()
    changes = asdict(told) | {"written_by": by.id, "written_at": at}
    _change(assessment, version, changes | {"approved_by": "", "approved_at": None})
    record(assessment, verb="assessment.reassess", by=by, at=at)


@transaction.atomic
def approve(assessment: Assessment, *, version: int | None, by: Actor, at: datetime) -> None:
    """Approve what somebody else wrote: from now on everybody reads it, and who approved it.

    :raises MoveRefused: it is approved already
    :raises MoveLost: somebody changed it since ``version``
    """
    if not rules.may_approve(by, assessment):
        raise PermissionDenied(
            _("Only a data officer or administrator who did not write it may approve it.")
        )
    if assessment.approved_at:
        raise MoveRefused(_("It is approved already."))
    _change(assessment, version, {"approved_by": by.label, "approved_at": at})
    record(assessment, verb="assessment.approve", by=by, at=at)


def _check(told: Told, by: Actor, at: datetime) -> None:
    if not rules.may_assess(by):
        raise PermissionDenied(ONLY_OFFICER)
    if told.review_on <= localdate(at):
        raise ValidationError({"review_on": _("This day has passed: choose a later one.")})


def _change(assessment: Assessment, version: int | None, changes: dict[str, object]) -> None:
    seen = assessment.version if version is None else version
    changes |= {"version": seen + 1}
    if not update(assessment, changes, version=seen):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    for name, value in changes.items():
        setattr(assessment, name, value)

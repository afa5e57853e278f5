"""A grid worker is asked to do something about a matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.models import User
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import insert
from gongzhi.deadlines.actions import start
from gongzhi.deadlines.models import Calendar
from gongzhi.errands import queries, rules
from gongzhi.errands.actions.writing import leave_notice
from gongzhi.errands.models import Errand
from gongzhi.errands.states import ONLY_ASKER, Sort
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import tell_beside
from gongzhi.matters.models import Matter
from gongzhi.matters.objects import refuse_persons

LONGEST = 1000
LONGEST_RECIPIENT = 120
PAPERS = ("", "order", "reply")


@dataclass(frozen=True, slots=True)
class Given:
    """What is asked of whom; ``agreed`` says how the requester agreed to a visit.

    ``recipient`` is the place or body that a notice goes to, ``paper`` the sheet of the matter it is.
    """

    sort: str
    worker: User
    words: str
    agreed: str = ""
    recipient: str = ""
    paper: str = ""


@transaction.atomic
def ask(matter: Matter, given: Given, *, by: Actor, at: datetime) -> Errand:
    """Ask a grid worker of the place for something about ``matter``; its clock begins.

    The requester reads in their history that it was arranged; of a visit also how they agreed.

    :raises PermissionDenied: not theirs to ask for
    :raises ValidationError: the matter is not in a state for it, the worker does not fit, words miss
    """
    sort = Sort(given.sort)
    if not rules.may_ask(by, matter, sort):
        raise PermissionDenied(ONLY_ASKER[sort])
    if why := queries.unasked(matter, sort):
        raise ValidationError(why)
    if given.worker not in queries.workers(matter, sort, at):
        raise ValidationError(
            {"worker": _("Only who serves there as a grid worker can be asked: choose another.")}
        )
    errand = _made(matter, given, by, at)
    try:
        with transaction.atomic():
            insert(errand)
    except IntegrityError as twice:
        raise ValidationError(_("This was asked for already and is not done yet.")) from twice
    start(
        errand.pk, "errand", name="errand", runs_by=queries.rule_for(matter, sort, at),
        calendar=Calendar.objects.get(code=settings.CALENDAR), by=by, at=at,
    )  # fmt: skip
    facts = {"sort": sort.value, "matter": matter.number}
    told = {"text": errand.agreed or errand.words}
    record(errand, verb="errand.ask", by=by, at=at, first=True, facts=facts, told=told)
    tell_beside(matter, f"errand_{sort}", {}, told=told, by=by, at=at)
    leave_notice(errand, "ask", given.worker.pk, by=by, at=at)
    return errand


def _made(matter: Matter, given: Given, by: Actor, at: datetime) -> Errand:
    faults: dict[str, ValidationError] = {}
    said = {"words": given.words}
    if given.sort == Sort.VISIT:
        said["agreed"] = given.agreed
    if given.sort == Sort.DELIVER:
        said["recipient"] = given.recipient
    for name, text in said.items():
        try:
            longest = LONGEST_RECIPIENT if name == "recipient" else LONGEST
            said[name] = worded(text, longest=longest)
            refuse_persons(said[name])
        except ValidationError as fault:
            faults[name] = fault
    if faults:
        raise ValidationError({name: list(fault.messages) for name, fault in faults.items()})
    return Errand(
        sort=given.sort,
        matter=matter,
        place=matter.place,
        chain=matter.chain,
        paper=given.paper if given.sort == Sort.DELIVER and given.paper in PAPERS else "",
        worker=given.worker,
        asker_id=by.id,
        asked_at=at,
        **said,
    )

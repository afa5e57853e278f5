"""Checklists are listed in editions: what was answered keeps the one it was answered by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.moves import MoveLost
from gongzhi.base.rows import insert
from gongzhi.errands import queries, rules
from gongzhi.errands.models import Checklist
from gongzhi.matters.objects import refuse_persons

MOST_LINES = 8
LONGEST_LINE = 80


@transaction.atomic
def list_lines(
    sort: str, lines: Sequence[tuple[str, str]], *, seen: int, by: Actor, at: datetime
) -> Checklist:
    """Add an edition of the checklist of ``sort`` after the one that was ``seen``; it holds at once.

    :raises PermissionDenied: not an administrator
    :raises ValidationError: no line or too many, a line too long, in one language, or about persons
    :raises MoveLost: somebody else has changed it
    """
    if not rules.may_list(by):
        raise PermissionDenied(_("Only an administrator may change checklists."))
    if queries.editions(sort)[0].number != seen:
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    plain = [[text.clean(zh), text.clean(en)] for zh, en in lines]
    if not 1 <= len(plain) <= MOST_LINES:
        raise ValidationError(
            _("A checklist has one to eight lines: a worker answers each of them.")
        )
    for line in plain:
        if not all(line) or max(map(len, line)) > LONGEST_LINE * 2:
            raise ValidationError(
                _(
                    "Each line needs its words in Chinese and in English, short enough to read at a glance."
                )
            )
        refuse_persons("\n".join(line))
    row = Checklist(sort=sort, edition=seen + 1, lines=plain, listed_at=at)
    try:
        with transaction.atomic():
            insert(row)
    except IntegrityError as twice:
        raise MoveLost(_("Somebody else was first. Look again at how it stands now.")) from twice
    facts = {"sort": sort, "edition": row.edition, "lines": plain}
    record(row, verb="checklist.list", by=by, at=at, first=True, facts=facts)
    return row

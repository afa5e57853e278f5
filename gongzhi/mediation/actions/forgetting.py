"""A party of a case that was filed asks to be erased from it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.mediation import queries
from gongzhi.mediation.models import Help, Message, Session
from gongzhi.parties.actions import forget_party
from gongzhi.parties.models import Paper, Party
from gongzhi.parties.rules import may_answer


@transaction.atomic
def erase_party(party: Party, *, by: Actor, at: datetime) -> None:
    """Erase how a party is reached, and all that stood in their own room or was between them and an office.

    What everybody of the case shares is evidence for the others as well: it stays in the archive until
    its day, and then the whole file goes (`erase`).  The case says nothing of it to anybody else.

    :raises MoveRefused: the case is not filed yet
    """
    if not may_answer(by, party):
        raise PermissionDenied(_("Only the data officer of the place may do this."))
    if why := queries.bars(party):
        raise MoveRefused(why)
    for model in (Message, Session):
        model._default_manager.filter(case=party.file, room=party.pk).delete()
    Help.objects.filter(wanter=party).delete()
    papers = list(Paper.objects.filter(file=party.file, room=party.pk))
    forget_party(party, papers=papers, by=by, at=at)

"""A petition that was kept long enough is erased, and what it holds of one of its people who asks for that."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import erase_words
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.base.rows import update
from gongzhi.base.seal import seal
from gongzhi.matters.models import ERASED
from gongzhi.parties import actions as parties
from gongzhi.parties.actions import forget_party
from gongzhi.parties.models import Paper, Party, Sealed, Signature
from gongzhi.parties.rules import may_answer
from gongzhi.petitions import queries, rules
from gongzhi.petitions.models import Petition, Visit
from gongzhi.petitions.states import Part


@transaction.atomic
def erase_party(party: Party, *, by: Actor, at: datetime) -> None:
    """Erase a party: who they are, what they handed in and signed; of who raised it all words as well.

    What was asked and answered goes with the words of who raised it, for it speaks of them.  Number,
    kind, place, offices and dates stay, and so does everybody else of the petition.

    :raises MoveRefused: it has not ended
    :raises MoveLost: somebody moves it at this moment
    """
    if not may_answer(by, party):
        raise PermissionDenied(_("Only the data officer of the place may do this."))
    if why := queries.bars(party):
        raise MoveRefused(why)
    petition, visit = queries.petition_of(party), queries.visit_of(party)
    papers = Paper.objects.filter(file=party.file)
    if party.role == Part.PETITIONER and petition:
        _empty(petition, by=by, at=at)
    elif visit:
        _blank(visit)
        erase_words(visit, verb="visit.erase", by=by, at=at)
    else:
        papers = papers.filter(giver=party)
    signed = Signature.objects.filter(signer=party)
    forget_party(party, papers=list(papers), signatures=list(signed), by=by, at=at)


@transaction.atomic
def erase(petition: Petition, *, by: Actor, at: datetime) -> None:
    """Erase a petition that was kept long enough: its words, its people and what they handed in.

    Number, topic, place, offices, result and dates stay, so that figures stay true.

    :raises ValidationError: it is to be kept longer
    :raises MoveLost: somebody moves it at this moment
    :raises OSError: the store did not delete a file; nothing has changed, and it can be tried again
    """
    if not rules.may_erase(by):
        raise PermissionDenied(
            _("Petitions are erased by themselves, once they were kept long enough.")
        )
    if not queries.is_over(petition.ended_at, at):
        raise ValidationError(_("This petition is to be kept longer."))
    _empty(petition, by=by, at=at)
    update(petition, {"kept_from": ""})
    parties.erase(petition.pk, by=by, at=at)


@transaction.atomic
def erase_visit(visit: Visit, *, by: Actor, at: datetime) -> None:
    """Erase who came to a reception day long ago, and what was said and promised.

    :raises ValidationError: it is to be kept longer
    :raises OSError: as `erase`
    """
    if not rules.may_erase(by):
        raise PermissionDenied(
            _("Petitions are erased by themselves, once they were kept long enough.")
        )
    if visit.state in queries.GOES_ON or not queries.is_over(visit.day.begins_at, at):
        raise ValidationError(_("This petition is to be kept longer."))
    _blank(visit)
    erase_words(visit, verb="visit.erase", by=by, at=at)
    parties.erase(visit.pk, by=by, at=at)


def _empty(petition: Petition, *, by: Actor, at: datetime) -> None:
    """Leave no word of a petition, its stages and what was said in it, nor in its history."""
    said = dict.fromkeys(petition.said, "") | {"title": ERASED}
    gone: dict[str, object] = {"sealed": seal(said, petition.pk.hex), "form_key": None}
    gone |= {"shared": False, "version": petition.version + 1}
    if not update(petition, gone, version=petition.version):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    for row in (*petition.stages.all(), *petition.messages.all()):
        _blank(row)
    erase_words(petition, verb="petition.erase", by=by, at=at)


def _blank(row: Sealed) -> None:
    update(row, {"sealed": seal(dict.fromkeys(row.said, ""), row.pk.hex)})

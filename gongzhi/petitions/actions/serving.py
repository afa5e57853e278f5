"""The written answer reaches the petitioner: from that day runs the time to ask for a review."""

from __future__ import annotations

from datetime import date, datetime, time
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.queries import days_of
from gongzhi.parties.actions import sign
from gongzhi.parties.queries import of_file
from gongzhi.petitions import rules
from gongzhi.petitions.actions.forwarding import stage_of
from gongzhi.petitions.actions.writing import begin, change_stage, move, noted, of_petition
from gongzhi.petitions.models import Petition, Stage
from gongzhi.petitions.states import ONLY_PETITIONER, Part, Served
from gongzhi.petitions.words import PARTS


@of_petition
def serve(
    petition: Petition, *, how: str, on: date, drawing: str = "", by: Actor, at: datetime
) -> None:
    """Record that the answer was handed over, or delivered by post, on a day (arts. 35 and 36).

    What was recorded first counts: a day that the petitioner has read does not become an earlier one.
    In person the petitioner signs for it, before ``by``.

    :raises ValidationError: a day before the answer or to come, no signature, no way of delivery
    :raises MoveRefused: it was recorded already
    """
    stage = stage_of(petition)
    if stage.decided_at is None or not petition.is_unserved:
        raise MoveRefused(_("That this answer arrived is recorded already: the day stays."))
    if how not in {Served.PERSON, Served.POST}:
        raise ValidationError({"how": _("Choose how the answer arrived.")})
    zone = days_of(stage.office.calendar_id).zone
    if not stage.decided_at.astimezone(zone).date() <= on <= at.astimezone(zone).date():
        raise ValidationError(
            {"on": _("Choose the day on which it arrived: from the day of the answer until today.")}
        )
    if how == Served.PERSON:
        _signed_for(petition, stage, drawing, by=by, at=at)
    noon = datetime.combine(on, time(12), tzinfo=zone)
    facts = {"office": stage.office.code, "how": how, "on": on.isoformat()}
    move(petition, "serve", by=by, at=at, facts=facts)
    _arrived(stage, how, min(at, max(stage.decided_at, noon)), by=by, at=at)


def _signed_for(petition: Petition, stage: Stage, drawing: str, *, by: Actor, at: datetime) -> None:
    if not drawing:
        raise ValidationError(
            {"drawing": _("Who is handed the answer signs for it: let them draw their signature.")}
        )
    petitioner = next(one for one in of_file(petition.pk) if one.role == Part.PETITIONER)
    sign(
        petition.pk,
        document=digest(stage),
        drawing=drawing,
        party=petitioner,
        witnessed=True,
        by=by,
        at=at,
    )


def digest(stage: Stage) -> str:
    """Return the digest of an answer as it was given at its moment: what is signed for."""
    parts = [stage.pk.hex, str(stage.decided_at), stage.result]
    parts += [str(stage.said[name]) for name in PARTS]
    return sha256("\0".join(parts).encode()).hexdigest()


@transaction.atomic
def collect(petition: Petition, *, by: Actor, at: datetime) -> None:
    """Record that who raised the petition reads its answer on the page, where nothing was recorded yet."""
    if not rules.may_collect(by, petition):
        raise PermissionDenied(ONLY_PETITIONER)
    stage = petition.stage
    if stage is None or not petition.is_unserved:
        return
    if not Stage.objects.filter(pk=stage.pk, served_at=None).update(served_at=at):
        return  # read in two places at the same moment
    noted(petition, "collect", by=by, at=at, facts={"office": stage.office.code})
    _arrived(stage, Served.PAGE, at, by=by, at=at)


def _arrived(stage: Stage, how: str, when: datetime, *, by: Actor, at: datetime) -> None:
    """Keep when and how an answer arrived; the time to ask for a review runs from then."""
    change_stage(stage, by=by, at=at, served_at=when, served=how)
    begin(stage, "ask", office=stage.office, by=by, at=when)

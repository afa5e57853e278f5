"""One answer to all who raise the same: given once, read by each, contested by whom it does not fit."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import insert
from gongzhi.petitions import queries, rules
from gongzhi.petitions.actions.handling import Opinion, opine
from gongzhi.petitions.actions.writing import said
from gongzhi.petitions.models import PetitionQuerySet, PolicyAnswer
from gongzhi.petitions.readers import topics
from gongzhi.places.models import Place


@transaction.atomic
def answer_all(
    office: Office,
    *,
    topic: str,
    place: Place,
    result: str,
    text: str,
    ground: str,
    by: Actor,
    at: datetime,
) -> PolicyAnswer:
    """Give one answer to every open claim about a topic in a place that ``office`` has accepted.

    Each gets it as a written opinion, may contest it, or ask for a review of it.

    :raises ValidationError: no ground, an unknown topic, or too few for an answer to all
    """
    if not rules.may_answer_all(by, office):
        raise PermissionDenied(_("Only the office that decides may answer all at once."))
    if topic not in topics():
        raise ValidationError({"topic": _("Choose what it is about.")})
    answer = PolicyAnswer(
        office=office,
        topic=topic,
        place=place,
        text=said(text),
        ground=said(ground)[:500],
        given_at=at,
    )
    concerned = rules.visible(queries.to_answer(office, topic, place), by)
    _check_enough(concerned)
    insert(answer)
    facts = {"topic": topic, "place": place.code, "office": office.code}
    record(answer, verb="policy_answer.give", by=by, at=at, first=True, facts=facts)
    for petition in concerned:
        opinion = Opinion(
            result=result,
            request=petition.wish or petition.title,
            facts=_("Many raised the same question; it was looked into for all of them together."),
            opinion=answer.text,
            law=answer.ground,
        )
        opine(petition, "decide", opinion, policy=answer, by=by, at=at)
    return answer


def _check_enough(concerned: PetitionQuerySet) -> None:
    """Refuse an answer to so few that each could be answered."""
    if concerned.count() < queries.FEWEST:
        raise ValidationError(
            _(
                "Fewer than %(n)d open petitions ask this here: answer each by itself, after hearing "
                "who raised it."
            )
            % {"n": queries.FEWEST}
        )

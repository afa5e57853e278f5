"""What a file holds is erased once the time is over for which its result let it be kept."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import shift
from gongzhi.base.seal import seal
from gongzhi.mediation import queries
from gongzhi.mediation.actions.writing import of_case
from gongzhi.mediation.models import Allowance, Case, Offer
from gongzhi.mediation.states import CASE
from gongzhi.parties import actions as parties

STAYS = {Allowance}  # what a mediator was paid is the committee's own account, and names no party


@of_case
def erase(case: Case, *, by: Actor, at: datetime) -> None:
    """Erase what a file holds: every row beside it, its words, its people, what is stored of it.

    Number, kind, township, result, dates and the history stay, with how much went by which rule.

    :raises ValidationError: it is to be kept longer
    :raises OSError: the store did not delete a file; nothing has changed, and it can be tried again
    """
    kept = case.kept
    if localdate(at) <= kept.keep_until:
        raise ValidationError(
            _("This file is kept until the end of %(day)s.") % {"day": kept.keep_until}
        )
    town = queries.township_of(case)
    shift(
        case,
        CASE,
        CASE["erase"],
        sealed=seal({}, case.pk.hex),
        form_key=None,
        language="",
        matter=None,
        place=town,
        chain=town.path,
    )
    case.__dict__.pop("said", None)
    facts = {
        "result": case.result,
        "years": kept.keep_until.year - localdate(kept.at).year,
        "keep_until": kept.keep_until.isoformat(),
        "rows": dict(_emptied(case) + parties.erase(case.pk, by=by, at=at)),
    }
    default_storage.delete(kept.stored)
    record(case, verb="case.erase", by=by, at=at, facts=facts)


def _emptied(case: Case) -> Counter[str]:
    """Delete whatever hangs on a case; return how many rows by table."""
    Offer.objects.filter(case=case).update(after=None)  # else each protects the one before
    gone: Counter[str] = Counter()
    for relation in Case._meta.related_objects:
        if relation.related_model not in STAYS:
            gone.update(relation.related_model._default_manager.filter(case=case).delete()[1])
    return gone

"""What is deferred, and when it is looked at again."""

from __future__ import annotations

from django.db.models import Q

from gongzhi.accounts.models import Staff
from gongzhi.desk.queries.piles import live
from gongzhi.desk.queries.rows import PAGE, read_key
from gongzhi.matters.models import Deferral


def deferred(to: Staff, after: str = "") -> tuple[list[Deferral], str]:
    """Return what ``to`` may see of deferred matters, the next to be looked at first, from a key on.

    One query.

    :raises ValidationError: a key that none of our pages made
    """
    found = Deferral.objects.filter(resumed_at=None, matter__in=live(to)).order_by(
        "review_on", "id"
    )
    if after:
        at, pk = read_key(after)
        on = at.date()
        found = found.filter(Q(review_on__gt=on) | Q(review_on=on, pk__gt=pk))
    names = "matter__kind", "matter__place"
    heavy = "matter__place__boundary", "matter__place__also", "matter__kind__keywords"
    rows = list(found.select_related(*names).defer(*heavy)[: PAGE + 1])
    last = rows[PAGE - 1] if rows[PAGE:] else None
    return rows[:PAGE], f"{last.review_on}T00:00:00Z~{last.pk.hex}" if last else ""

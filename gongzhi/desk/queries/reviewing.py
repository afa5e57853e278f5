"""What is kept out of the rates, to be reviewed or reviewed."""

from __future__ import annotations

from django.db.models import Q

from gongzhi.accounts.models import Staff
from gongzhi.desk.queries.rows import PAGE, read_key
from gongzhi.matters.models import Exclusion
from gongzhi.matters.queries.rates import to_review


def exclusions(to: Staff, of: str, after: str = "") -> tuple[list[Exclusion], str]:
    """Return one page of what ``to`` reviews, from a key on, with the key of the page that follows.

    ``of`` is what somebody claimed, of whom nothing was said, or what was reviewed: one query.

    :raises ValidationError: a key that none of our pages made
    """
    found = to_review(to, of)
    field, way = ("ruled_at", "lt") if of == "reviewed" else ("at", "gt")
    if after:
        at, pk = read_key(after)
        found = found.filter(
            Q(**{f"{field}__{way}": at}) | Q(**{field: at, f"id__{way}": pk}),
            **{f"{field}__{way}e": at},
        )
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if rows[PAGE:] else None
    return rows[:PAGE], f"{getattr(last, field).isoformat()}~{last.pk.hex}" if last else ""

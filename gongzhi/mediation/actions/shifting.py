"""What every action on an agreement, and on what follows from one, ends with: shift it, and record it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import Lifecycle, permitted, shift
from gongzhi.mediation import queries, rules
from gongzhi.mediation.models import Agreement, Case, Confirmation, Help, Opening, Term
from gongzhi.mediation.states import AGREEMENT, CONFIRMATION, HELP, OPENING, TERM

of_agreement = permitted(AGREEMENT, rules)
of_term = permitted(TERM, rules)
of_confirmation = permitted(CONFIRMATION, rules)
of_opening = permitted(OPENING, rules)
of_help = permitted(HELP, rules)
Row = Agreement | Term | Confirmation | Opening | Help
LIFECYCLES: dict[type[Row], Lifecycle] = {
    Agreement: AGREEMENT,
    Term: TERM,
    Confirmation: CONFIRMATION,
    Opening: OPENING,
    Help: HELP,
}


def press(
    row: Row,
    name: str,
    *,
    by: Actor,
    at: datetime,
    to: str = "",
    facts: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Shift ``row`` and note it in its own history: codes and keys only, never a word of anybody.

    :raises MoveLost: somebody else was first
    """
    lifecycle = LIFECYCLES[type(row)]
    shift(row, lifecycle, lifecycle[name], to=to, **changes)
    record(row, verb=f"{row._meta.model_name}.{name}", by=by, at=at, facts=facts)


def discard_draft(case: Case, *, by: Actor, at: datetime) -> None:
    """Make void what is drafted or being signed in a case that ends without an agreement."""
    found = queries.agreement(case)
    if found and found.state in AGREEMENT["discard"].sources:
        press(found, "discard", by=by, at=at)

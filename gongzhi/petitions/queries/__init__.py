"""What is asked of petitions: one of them, piles of them, what many raise, reception days."""

from __future__ import annotations

from gongzhi.petitions.queries.documents import Document, documents, paper, route_limit
from gongzhi.petitions.queries.held import (
    GOES_ON,
    bars,
    chain_of,
    held,
    hidden,
    kept,
    petition_of,
    visit_of,
)
from gongzhi.petitions.queries.keeping import is_over, to_erase, visits_to_erase
from gongzhi.petitions.queries.many import (
    FEWEST,
    Group,
    Kept,
    groups,
    kept_limits,
    to_answer,
    township,
)
from gongzhi.petitions.queries.piles import AWAITED, PILES, Row, counts, pile, rows
from gongzhi.petitions.queries.reading import (
    above,
    asked_for,
    clocks,
    coarse,
    lower,
    messages,
    organs,
    stages,
    token,
)
from gongzhi.petitions.queries.receptions import all_days, days, free_slots, visits

__all__ = [
    "AWAITED",
    "FEWEST",
    "GOES_ON",
    "PILES",
    "Document",
    "Group",
    "Kept",
    "Row",
    "above",
    "all_days",
    "asked_for",
    "bars",
    "chain_of",
    "clocks",
    "coarse",
    "counts",
    "days",
    "documents",
    "free_slots",
    "groups",
    "held",
    "hidden",
    "is_over",
    "kept",
    "kept_limits",
    "lower",
    "messages",
    "organs",
    "paper",
    "petition_of",
    "pile",
    "route_limit",
    "rows",
    "stages",
    "to_answer",
    "to_erase",
    "token",
    "township",
    "visit_of",
    "visits",
    "visits_to_erase",
]

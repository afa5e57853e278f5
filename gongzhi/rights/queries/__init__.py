"""What the pages and actions of rights read."""

from __future__ import annotations

from gongzhi.rights.queries.assessments import assessments
from gongzhi.rights.queries.looks import is_night, look_limits, noted, unusual, waiting
from gongzhi.rights.queries.requests import (
    PAGE,
    Part,
    answered,
    copy,
    find,
    held,
    is_gone,
    is_open_to,
    of,
)
from gongzhi.rights.queries.requests import waiting as waiting_requests
from gongzhi.rights.queries.terms import (
    LOOKS_YEARS,
    Foreseen,
    contact_until,
    contacts_over,
    foreseen,
    hold_of,
    holds,
    months_after,
    term_of,
    terms,
    unheld,
    words_over,
    words_until,
)
from gongzhi.rights.queries.tracker import SORTS, Asked, find_usage, usage_period

__all__ = [
    "LOOKS_YEARS",
    "PAGE",
    "SORTS",
    "Asked",
    "Foreseen",
    "Part",
    "answered",
    "assessments",
    "contact_until",
    "contacts_over",
    "copy",
    "find",
    "find_usage",
    "foreseen",
    "held",
    "hold_of",
    "holds",
    "is_gone",
    "is_night",
    "is_open_to",
    "look_limits",
    "months_after",
    "noted",
    "of",
    "term_of",
    "terms",
    "unheld",
    "unusual",
    "usage_period",
    "waiting",
    "waiting_requests",
    "words_over",
    "words_until",
]

"""The tables of mediation."""

from __future__ import annotations

from gongzhi.mediation.models.agreements import LONGEST_FACTS, WORDS, Agreement, Confirmation, Term
from gongzhi.mediation.models.case import Assignment, Case, Consent, How, Mediator, Origin
from gongzhi.mediation.models.closing import KEEP, Archive, Ending, Release, Visit, Visited, Why
from gongzhi.mediation.models.figures import Allowance, Check, Review
from gongzhi.mediation.models.helping import GIVERS, Help, HelpSort
from gongzhi.mediation.models.openings import Opening
from gongzhi.mediation.models.rooms import LONGEST_WORDS, Acceptance, Message, Offer, Session

__all__ = [
    "GIVERS",
    "KEEP",
    "LONGEST_FACTS",
    "LONGEST_WORDS",
    "WORDS",
    "Acceptance",
    "Agreement",
    "Allowance",
    "Archive",
    "Assignment",
    "Case",
    "Check",
    "Confirmation",
    "Consent",
    "Ending",
    "Help",
    "HelpSort",
    "How",
    "Mediator",
    "Message",
    "Offer",
    "Opening",
    "Origin",
    "Release",
    "Review",
    "Session",
    "Term",
    "Visit",
    "Visited",
    "Why",
]

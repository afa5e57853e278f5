"""The tables of the spine."""

from __future__ import annotations

from gongzhi.matters.models.advice import Suggested, SuggestedOffice, SuggestedPlace, Trained
from gongzhi.matters.models.catalogue import (
    UNITS,
    Inspection,
    Kind,
    KindClass,
    KindQuerySet,
    Object,
)
from gongzhi.matters.models.duties import CoOffice, Duty, DutyQuerySet, nearest
from gongzhi.matters.models.matter import (
    ERASED,
    LONGEST_ANSWER,
    LONGEST_TEXT,
    Channel,
    Matter,
    MatterQuerySet,
    Requester,
    RequesterQuerySet,
)
from gongzhi.matters.models.phrases import Phrase, PhraseQuerySet
from gongzhi.matters.models.presence import Presence
from gongzhi.matters.models.said import (
    BY_HAND,
    Answer,
    Attachment,
    Exclusion,
    FollowUp,
    FollowUpLink,
    Message,
)
from gongzhi.matters.models.search import SearchWords, mark_of, new_key
from gongzhi.matters.models.work import (
    Deferral,
    Extension,
    Objection,
    OfficeTask,
    Reminder,
    Supervision,
    Waiting,
)

__all__ = [
    "BY_HAND",
    "ERASED",
    "LONGEST_ANSWER",
    "LONGEST_TEXT",
    "UNITS",
    "Answer",
    "Attachment",
    "Channel",
    "CoOffice",
    "Deferral",
    "Duty",
    "DutyQuerySet",
    "Exclusion",
    "Extension",
    "FollowUp",
    "FollowUpLink",
    "Inspection",
    "Kind",
    "KindClass",
    "KindQuerySet",
    "Matter",
    "MatterQuerySet",
    "Message",
    "Object",
    "Objection",
    "OfficeTask",
    "Phrase",
    "PhraseQuerySet",
    "Presence",
    "Reminder",
    "Requester",
    "RequesterQuerySet",
    "SearchWords",
    "Suggested",
    "SuggestedOffice",
    "SuggestedPlace",
    "Supervision",
    "Trained",
    "Waiting",
    "mark_of",
    "nearest",
    "new_key",
]

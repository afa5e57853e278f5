"""When something is due, and why: pure counting over the days and hours of a working calendar."""

from __future__ import annotations

from gongzhi.deadlines.clocks.bulk import due_many
from gongzhi.deadlines.clocks.calendars import Days, Hours
from gongzhi.deadlines.clocks.counting import due, dues
from gongzhi.deadlines.clocks.explain import Explanation, Sort, Step, Was, explain
from gongzhi.deadlines.clocks.limits import (
    Course,
    Due,
    Limit,
    Pause,
    Refused,
    Sense,
    Unit,
    limit_of,
)
from gongzhi.deadlines.clocks.standing import Standing, is_late, severe_before, soon_until, standing

__all__ = [
    "Course",
    "Days",
    "Due",
    "Explanation",
    "Hours",
    "Limit",
    "Pause",
    "Refused",
    "Sense",
    "Sort",
    "Standing",
    "Step",
    "Unit",
    "Was",
    "due",
    "due_many",
    "dues",
    "explain",
    "is_late",
    "limit_of",
    "severe_before",
    "soon_until",
    "standing",
]

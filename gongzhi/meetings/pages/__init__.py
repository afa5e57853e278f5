"""The pages of meetings: what waits, one summons, calling, moves, paper, figures, the call list."""

from __future__ import annotations

from gongzhi.meetings.pages.calling import call
from gongzhi.meetings.pages.listing import call_list, delist, situation, situations
from gongzhi.meetings.pages.lists import index, today
from gongzhi.meetings.pages.moving import press
from gongzhi.meetings.pages.paper import calendar, minutes
from gongzhi.meetings.pages.showing import show

__all__ = [
    "calendar",
    "call",
    "call_list",
    "delist",
    "index",
    "minutes",
    "press",
    "show",
    "situation",
    "situations",
    "today",
]

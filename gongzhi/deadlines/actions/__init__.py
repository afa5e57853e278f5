"""The only writers of calendars, rules and clocks.

What is written of a calendar or rule is recorded here, and so is more time and another version;
that a clock starts, stops, pauses or goes on is recorded by the action that let it.
"""

from __future__ import annotations

from gongzhi.deadlines.actions.calendars import (
    confirm,
    edit_day,
    import_days,
    remove_day,
    seed_china,
    seed_country,
    set_hours,
)
from gongzhi.deadlines.actions.extending import deny, extend, grant
from gongzhi.deadlines.actions.recounting import CHANGED, begin_recount, recount
from gongzhi.deadlines.actions.rulebook import (
    MOVING,
    RENEWED,
    add_rule,
    begin_moving,
    end_rule,
    move,
    move_next,
    seed_rules,
)
from gongzhi.deadlines.actions.running import pause, restart, resume, start, start_many, stop

__all__ = [
    "CHANGED",
    "MOVING",
    "RENEWED",
    "add_rule",
    "begin_moving",
    "begin_recount",
    "confirm",
    "deny",
    "edit_day",
    "end_rule",
    "extend",
    "grant",
    "import_days",
    "move",
    "move_next",
    "pause",
    "recount",
    "remove_day",
    "restart",
    "resume",
    "seed_china",
    "seed_country",
    "seed_rules",
    "set_hours",
    "start",
    "start_many",
    "stop",
]

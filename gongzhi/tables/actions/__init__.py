"""Everything that writes files, runs and folders; rows are written by the actions of their own apps."""

from __future__ import annotations

from gongzhi.tables.actions.dropping import add_drop, change, start, stop
from gongzhi.tables.actions.lists import ALL_OR_NONE
from gongzhi.tables.actions.looking import look
from gongzhi.tables.actions.running import (
    check,
    discard,
    erase,
    erase_old,
    fail,
    finish,
    pause,
    resume,
    take,
)
from gongzhi.tables.actions.stepping import step
from gongzhi.tables.actions.uploading import TOPIC, Sent, upload

__all__ = [
    "ALL_OR_NONE",
    "TOPIC",
    "Sent",
    "add_drop",
    "change",
    "check",
    "discard",
    "erase",
    "erase_old",
    "fail",
    "finish",
    "look",
    "pause",
    "resume",
    "start",
    "step",
    "stop",
    "take",
    "upload",
]

"""Everything that is registered, heard and written back."""

from __future__ import annotations

from gongzhi.hotline.actions.asking import Polled, ask, look_after, polled
from gongzhi.hotline.actions.hearing import Outcome, hear, let_in
from gongzhi.hotline.actions.platforms import change, register
from gongzhi.hotline.actions.warning import warn
from gongzhi.hotline.actions.writing import (
    ask_more,
    resend,
    resend_all,
    revive,
    send,
    sent,
    write_back,
)

__all__ = [
    "Outcome",
    "Polled",
    "ask",
    "ask_more",
    "change",
    "hear",
    "let_in",
    "look_after",
    "polled",
    "register",
    "resend",
    "resend_all",
    "revive",
    "send",
    "sent",
    "warn",
    "write_back",
]

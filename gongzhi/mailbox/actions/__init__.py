"""Everything that is done with mailboxes, mails and robots."""

from __future__ import annotations

from gongzhi.mailbox.actions.boxes import add, change, see_to
from gongzhi.mailbox.actions.fetching import Fetched, fetch, look_after
from gongzhi.mailbox.actions.hearing import Shown, hear, let_in
from gongzhi.mailbox.actions.keeping import erase, keep
from gongzhi.mailbox.actions.robots import add_robot, change_robot

__all__ = [
    "Fetched",
    "Shown",
    "add",
    "add_robot",
    "change",
    "change_robot",
    "erase",
    "fetch",
    "hear",
    "keep",
    "let_in",
    "look_after",
    "see_to",
]

"""Who is told of what, in the house and outside."""

from __future__ import annotations

from gongzhi.notices.actions.choosing import add_robot, choose, remove_robot, try_robot
from gongzhi.notices.actions.letters import deliver, resend, sent, write
from gongzhi.notices.actions.outside import digest
from gongzhi.notices.actions.telling import (
    read,
    read_all,
    tell_account,
    tell_named,
    tell_posts,
    tell_requester,
    tell_staff,
)

__all__ = [
    "add_robot",
    "choose",
    "deliver",
    "digest",
    "read",
    "read_all",
    "remove_robot",
    "resend",
    "sent",
    "tell_account",
    "tell_named",
    "tell_posts",
    "tell_requester",
    "tell_staff",
    "try_robot",
    "write",
]

"""Everything that is raised, registered and passed on through Open311."""

from __future__ import annotations

from gongzhi.open311.actions.forwarding import (
    LONGEST_FORWARDED,
    Answered,
    Heard,
    ask,
    forward,
    hear,
    look_after,
    resend,
    send,
    sent,
)
from gongzhi.open311.actions.raising import Place311, Request311, raise_request, update
from gongzhi.open311.actions.servers import change, map_kind, register, retire, unmap_kind

__all__ = [
    "LONGEST_FORWARDED",
    "Answered",
    "Heard",
    "Place311",
    "Request311",
    "ask",
    "change",
    "forward",
    "hear",
    "look_after",
    "map_kind",
    "raise_request",
    "register",
    "resend",
    "retire",
    "send",
    "sent",
    "unmap_kind",
    "update",
]

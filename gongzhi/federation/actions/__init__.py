"""Everything that happens between two installations.  No other module writes these tables."""

from __future__ import annotations

from gongzhi.federation.actions.asking import ask_contact, fetch, give_contact, put_file
from gongzhi.federation.actions.comparing import ask_compare, compare, note_compared
from gongzhi.federation.actions.peers import add_peer, change, pause, resume
from gongzhi.federation.actions.sending import forget, send
from gongzhi.federation.actions.taking import Forked, Paused, take, take_again
from gongzhi.federation.actions.telling import follow

__all__ = [
    "Forked",
    "Paused",
    "add_peer",
    "ask_compare",
    "ask_contact",
    "change",
    "compare",
    "fetch",
    "follow",
    "forget",
    "give_contact",
    "note_compared",
    "pause",
    "put_file",
    "resume",
    "send",
    "take",
    "take_again",
]

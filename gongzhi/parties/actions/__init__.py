"""Everything that happens to the people of sealed files.  No other module writes their tables."""

from __future__ import annotations

from gongzhi.parties.actions.erasing import erase, forget_party
from gongzhi.parties.actions.joining import Joined, join, leave, look, mend, renew
from gongzhi.parties.actions.papers import forget, keep
from gongzhi.parties.actions.proving import prove_code, send_code
from gongzhi.parties.actions.signing import sign
from gongzhi.parties.actions.telling import send, tell, tell_all

__all__ = [
    "Joined",
    "erase",
    "forget",
    "forget_party",
    "join",
    "keep",
    "leave",
    "look",
    "mend",
    "prove_code",
    "renew",
    "send",
    "send_code",
    "sign",
    "tell",
    "tell_all",
]

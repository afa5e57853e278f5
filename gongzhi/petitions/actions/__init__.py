"""Everything that can happen to petitions and reception days.  No other module writes them."""

from __future__ import annotations

from gongzhi.petitions.actions.answering import answer_all
from gongzhi.petitions.actions.erasing import erase, erase_party, erase_visit
from gongzhi.petitions.actions.forwarding import (
    accept,
    decline,
    dismiss,
    forward,
    keep_from,
    link,
    object,  # noqa: A004  the move's name
    pass_down,
    recall_from,
    route,
    uphold,
)
from gongzhi.petitions.actions.handling import (
    Opinion,
    ask,
    decide,
    deny,
    extend,
    grant,
    reply,
    step_aside,
)
from gongzhi.petitions.actions.hearing import end_hearing, start_hearing
from gongzhi.petitions.actions.looking import reach, read
from gongzhi.petitions.actions.receiving import (
    announce,
    book,
    call_off,
    cancel,
    come,
    keep,
    miss,
    raise_from,
    visitor,
)
from gongzhi.petitions.actions.registering import (
    Given,
    Registered,
    file_for,
    receive,
    register,
    sign,
)
from gongzhi.petitions.actions.reviewing import (
    ask_final,
    ask_review,
    finalize,
    lapse,
    review,
)
from gongzhi.petitions.actions.serving import collect, serve
from gongzhi.petitions.actions.speaking import (
    add,
    agree_to_name,
    contest,
    share,
    withdraw,
)
from gongzhi.petitions.actions.telling import tell

__all__ = [
    "Given",
    "Opinion",
    "Registered",
    "accept",
    "add",
    "agree_to_name",
    "announce",
    "answer_all",
    "ask",
    "ask_final",
    "ask_review",
    "book",
    "call_off",
    "cancel",
    "collect",
    "come",
    "contest",
    "decide",
    "decline",
    "deny",
    "dismiss",
    "end_hearing",
    "erase",
    "erase_party",
    "erase_visit",
    "extend",
    "file_for",
    "finalize",
    "forward",
    "grant",
    "keep",
    "keep_from",
    "lapse",
    "link",
    "miss",
    "object",
    "pass_down",
    "raise_from",
    "reach",
    "read",
    "recall_from",
    "receive",
    "register",
    "reply",
    "review",
    "route",
    "serve",
    "share",
    "sign",
    "start_hearing",
    "step_aside",
    "tell",
    "uphold",
    "visitor",
    "withdraw",
]

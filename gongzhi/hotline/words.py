"""What is said between a hotline and here: sorts of messages, and which entry is written back as which."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# What a platform sends, by our words for it.
SORTS = {
    "order": _("an order"),
    "add": _("an addition"),
    "urge": _("an urging"),
    "ruling": _("a ruling on more time"),
    "follow_up": _("a follow-up"),
    "state": _("how it stands there"),
    "recall": _("a recall"),
}

# What is written back.
TAKE, RETURN, ANSWER, EXTEND, CLOSE, STATE = "take", "return", "answer", "extend", "close", "state"
BACK_LABELS = {
    TAKE: _("Taken"),
    RETURN: _("Returned"),
    ANSWER: _("Answered"),
    EXTEND: _("More time asked for"),
    CLOSE: _("Closed"),
    STATE: _("How it stands"),
}
BACK = {
    "accept": TAKE,
    "refuse": RETURN,
    "answer": ANSWER,
    "settle": ANSWER,
    "grant": EXTEND,
    "close": CLOSE,
    "force_close": CLOSE,
    "rate": CLOSE,
    **dict.fromkeys(
        (
            "receive",
            "dispatch",
            "acknowledge",
            "send_back",
            "take_over",
            "inspect",
            "rework",
            "reopen",
            "defer",
            "resume",
            "withdraw",
            "restore",
            "merge",
            "unmerge",
        ),
        STATE,
    ),
}

# How a platform says that it counts an order as ended.
ENDED_THERE = frozenset({"closed", "ended", "done"})

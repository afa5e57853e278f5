"""What is done about people's rights: asked and answered, kept and erased, looked after, assessed."""

from __future__ import annotations

from gongzhi.rights.actions.assessing import approve, assess, reassess
from gongzhi.rights.actions.keeping import forget_beside, hold, lift, set_term, sweep
from gongzhi.rights.actions.looking import note_unusual, set_look_limits, settle
from gongzhi.rights.actions.planting import plant
from gongzhi.rights.actions.requests import ask, examine, grant, refuse, withdraw

__all__ = [
    "approve",
    "ask",
    "assess",
    "examine",
    "forget_beside",
    "grant",
    "hold",
    "lift",
    "note_unusual",
    "plant",
    "reassess",
    "refuse",
    "set_look_limits",
    "set_term",
    "settle",
    "sweep",
    "withdraw",
]

"""Everything that can happen to a matter.  No other module writes matters."""

from __future__ import annotations

from gongzhi.matters.actions.advising import (
    ask_for_model,
    employ,
    make_model,
    note_offices,
    note_places,
    note_suggestions,
)
from gongzhi.matters.actions.agreeing import agree
from gongzhi.matters.actions.asking import follow_up, rate, reopen
from gongzhi.matters.actions.assisting import assist
from gongzhi.matters.actions.catalogue import delist, list_kind, seed_catalogue
from gongzhi.matters.actions.closing import close, inspect, note, rework
from gongzhi.matters.actions.dispatching import dismiss, dispatch, involve, send_back
from gongzhi.matters.actions.duties import delist_duty, list_duty
from gongzhi.matters.actions.duty_files import Taken, import_duties
from gongzhi.matters.actions.erasing import correct_contact, erase, forget_contact, silence
from gongzhi.matters.actions.files import Box, prepare, prepared, redact, scanned, uncover
from gongzhi.matters.actions.handling import (
    acknowledge,
    answer,
    ask,
    defer,
    deny,
    extend,
    grant,
    handle,
    object,  # noqa: A004
    resume,
    settle,
)
from gongzhi.matters.actions.intake import (
    Receipt,
    Report,
    add,
    receive,
)
from gongzhi.matters.actions.joining import judge, merge, split, unmerge
from gongzhi.matters.actions.leaving import restore, withdraw
from gongzhi.matters.actions.links import invite, respond
from gongzhi.matters.actions.offices import shut_office
from gongzhi.matters.actions.phrases import delist_phrase, list_phrase, seed_phrases
from gongzhi.matters.actions.presence import be_present, forget_presence
from gongzhi.matters.actions.rating import exclude, overturn, uphold
from gongzhi.matters.actions.recounting import adopt, recount
from gongzhi.matters.actions.reminding import remind
from gongzhi.matters.actions.reporting import spot
from gongzhi.matters.actions.searching import reindex
from gongzhi.matters.actions.sharing import bind, decline, finish, release, take, take_over
from gongzhi.matters.actions.sorting import (
    about,
    accept,
    assign,
    escalate,
    keep_from,
    refuse,
    relocate,
    sort,
)
from gongzhi.matters.actions.supervising import (
    force_close,
    insist,
    lift,
    report,
    supervise,
    urge,
)

__all__ = [
    "Box",
    "Receipt",
    "Report",
    "Taken",
    "about",
    "accept",
    "acknowledge",
    "add",
    "adopt",
    "agree",
    "answer",
    "ask",
    "ask_for_model",
    "assign",
    "assist",
    "be_present",
    "bind",
    "close",
    "correct_contact",
    "decline",
    "defer",
    "delist",
    "delist_duty",
    "delist_phrase",
    "deny",
    "dismiss",
    "dispatch",
    "employ",
    "erase",
    "escalate",
    "exclude",
    "extend",
    "finish",
    "follow_up",
    "force_close",
    "forget_contact",
    "forget_presence",
    "grant",
    "handle",
    "import_duties",
    "insist",
    "inspect",
    "invite",
    "involve",
    "judge",
    "keep_from",
    "lift",
    "list_duty",
    "list_kind",
    "list_phrase",
    "make_model",
    "merge",
    "note",
    "note_offices",
    "note_places",
    "note_suggestions",
    "object",
    "overturn",
    "prepare",
    "prepared",
    "rate",
    "receive",
    "recount",
    "redact",
    "refuse",
    "reindex",
    "release",
    "relocate",
    "remind",
    "reopen",
    "report",
    "respond",
    "restore",
    "resume",
    "rework",
    "scanned",
    "seed_catalogue",
    "seed_phrases",
    "send_back",
    "settle",
    "shut_office",
    "silence",
    "sort",
    "split",
    "spot",
    "supervise",
    "take",
    "take_over",
    "uncover",
    "unmerge",
    "uphold",
    "urge",
    "withdraw",
]

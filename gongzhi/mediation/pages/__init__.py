"""The pages of mediation: for everybody, for each party, for the committee and its mediators."""

from __future__ import annotations

from gongzhi.mediation.pages.agreements import agree, agreement, document, draft, redraft
from gongzhi.mediation.pages.agreements_mine import (
    my_agreement,
    my_code,
    my_document,
    my_help,
    my_move,
    my_release,
)
from gongzhi.mediation.pages.applying import about, apply, receipt, take_in, taken
from gongzhi.mediation.pages.figures import (
    allowances,
    beside,
    figures,
    pay,
    review,
    reviews,
    summary,
    visit,
)
from gongzhi.mediation.pages.helping import help_press, helps
from gongzhi.mediation.pages.lists import index
from gongzhi.mediation.pages.mine import (
    mine,
    my_answer,
    my_calendar,
    my_offer,
    my_paper,
    my_press,
    my_room,
)
from gongzhi.mediation.pages.moving import press
from gongzhi.mediation.pages.openings import decide, opened, opened_archive, openings
from gongzhi.mediation.pages.reckoning import my_why, why
from gongzhi.mediation.pages.roster import delist, mediator, roster
from gongzhi.mediation.pages.showing import calendar, letter, paper, reach, room, show

__all__ = [
    "about",
    "agree",
    "agreement",
    "allowances",
    "apply",
    "beside",
    "calendar",
    "decide",
    "delist",
    "document",
    "draft",
    "figures",
    "help_press",
    "helps",
    "index",
    "letter",
    "mediator",
    "mine",
    "my_agreement",
    "my_answer",
    "my_calendar",
    "my_code",
    "my_document",
    "my_help",
    "my_move",
    "my_offer",
    "my_paper",
    "my_press",
    "my_release",
    "my_room",
    "my_why",
    "opened",
    "opened_archive",
    "openings",
    "paper",
    "pay",
    "press",
    "reach",
    "receipt",
    "redraft",
    "review",
    "reviews",
    "room",
    "roster",
    "show",
    "summary",
    "take_in",
    "taken",
    "visit",
    "why",
]

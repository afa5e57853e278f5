"""The pages of a matter: all of it on one page, its moves, its files, the list as one."""

from __future__ import annotations

from gongzhi.matters.pages.assisting import assist
from gongzhi.matters.pages.export import export, ledger
from gongzhi.matters.pages.files import file, redact, small, uncover
from gongzhi.matters.pages.hinting import hints
from gongzhi.matters.pages.mentioning import mention
from gongzhi.matters.pages.moving import press, press_task
from gongzhi.matters.pages.presence import here
from gongzhi.matters.pages.reckoning import why
from gongzhi.matters.pages.reviewing import exclude, review
from gongzhi.matters.pages.showing import contact, show

__all__ = [
    "assist",
    "contact",
    "exclude",
    "export",
    "file",
    "here",
    "hints",
    "ledger",
    "mention",
    "press",
    "press_task",
    "redact",
    "review",
    "show",
    "small",
    "uncover",
    "why",
]

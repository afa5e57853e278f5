"""The pages of petitions: for who raises one, for the petition office, the organs, and receptions."""

from __future__ import annotations

from gongzhi.petitions.pages.analysing import analysis, answer_all
from gongzhi.petitions.pages.lists import index
from gongzhi.petitions.pages.mine import mine
from gongzhi.petitions.pages.moving import press
from gongzhi.petitions.pages.papers import document, file, why
from gongzhi.petitions.pages.raising import (
    about,
    file_for,
    raise_petition,
    receive,
    register,
    sign,
)
from gongzhi.petitions.pages.receptions import (
    announce,
    book,
    call_off,
    raise_from,
    reception,
    receptions,
    visit,
)
from gongzhi.petitions.pages.showing import reach, show

__all__ = [
    "about",
    "analysis",
    "announce",
    "answer_all",
    "book",
    "call_off",
    "document",
    "file",
    "file_for",
    "index",
    "mine",
    "press",
    "raise_from",
    "raise_petition",
    "reach",
    "receive",
    "reception",
    "receptions",
    "register",
    "show",
    "sign",
    "visit",
    "why",
]

"""Which questions are asked: an address with something planted in each of its places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.browser.addresses import MOVES, Address, addresses, fill
from tests.browser.people import Town

# What is one person's own, or of its own table, where the browser's tour is content with any key.
OWN = {
    "desk:drop_filter": "filter",
    "notices:read": "notice",
    "notices:resend": "letter",
    "notices:remove_robot": "robot",
    "notices:try_robot": "robot",
}


@dataclass(frozen=True)
class Question:
    """An address as the table names it, what stands in it, and how it is asked for."""

    address: Address
    of: str
    path: str

    @property
    def is_move(self) -> bool:
        return self.address.face == "matters" and self.address.name.partition(":")[2] in MOVES

    @property
    def page(self) -> str:
        return plain(self.address.route)


def plain(route: str) -> str:
    """Return a route as the table names it."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", route)


def questions(town: Town) -> Iterator[Question]:
    """Yield every page with each planted thing it can be of; of a matter also one closed, one sealed."""
    names = dict(_names("", vars(town)))
    matters = {matter["id"]: name for name, matter in town.matters.items()}
    for address in addresses():
        for path in sorted(_paths(address, town, matters)):
            yield Question(address, _of(address, path, names), path)


def _paths(address: Address, town: Town, matters: dict[str, str]) -> set[str]:
    if own := OWN.get(address.name):
        return {"/" + re.sub(r"<[^>]+>", town.rows[own], address.route)}
    paths = {path for who in ("acceptor", "holder") for path in fill(address, town, who)}
    is_move = Question(address, "", "").is_move
    for path in list(paths):
        for key in matters.keys() & set(path.split("/")):
            more = ("sealed",) if is_move else ("sealed", "closed")
            paths |= {path.replace(key, town.matters[state]["id"]) for state in more}
    return paths


def _of(address: Address, path: str, names: dict[str, str]) -> str:
    pattern = re.sub(r"<(?:\w+:)?\w+>", "(.+)", address.route.replace(".", r"\."))
    match = re.fullmatch(f"/{pattern}", path)
    assert match, (path, address.route)
    return " ".join(names.get(value, value) for value in match.groups())


def _names(before: str, some: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every planted value with its name; the matters last, which others name too."""
    for name, value in sorted(some.items(), key=lambda one: one[0] == "matters"):
        if isinstance(value, dict):
            inner = before if name in ("matters", "rows") else f"{before}{name} "
            yield from _names(inner, value)
        elif isinstance(value, str) and value:
            yield value, f"{before}{name}".removesuffix(" id")

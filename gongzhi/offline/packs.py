"""Which pages belong at hand on a device, as each app says from its ``ready``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from gongzhi.accounts.models import Staff

MOST_PAGES = 120


@dataclass(frozen=True, slots=True)
class Packed:
    """A page to have at hand; ``version`` is any short text that changes when the page does."""

    address: str
    version: str


Packer = Callable[[Staff, datetime], Iterable[Packed]]
PACKERS: dict[str, Packer] = {}
ASSETS: list[str] = []


def register(name: str, packed: Packer, *assets: str) -> None:
    """Let an app say what belongs at hand, and which static files its pages need besides the layout's."""
    PACKERS[name] = packed
    ASSETS.extend(one for one in assets if one not in ASSETS)


def pack(to: Staff, at: datetime) -> list[Packed]:
    """Return the pages that ``to`` has at hand, each once, the first apps' first."""
    every = (one for packed in PACKERS.values() for one in packed(to, at))
    return list({one.address: one for one in every}.values())[:MOST_PAGES]

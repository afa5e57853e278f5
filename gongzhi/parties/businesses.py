"""Where a business says what its sealed files hold of one of their people: its one hook.

It is filled in from the ``business.py`` of each, and asked by whoever looks after the rights of people,
so that there is one way to ask about one's own data whatever the business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils.functional import Promise

from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import Actor
from gongzhi.parties.models import Party

# A part of what is held: its code for programs, its heading, its rows.
Part = tuple[str, Promise, list[dict[str, Any]]]


class Eraser(Protocol):
    """The action that erases what is one party's own."""

    def __call__(self, party: Party, *, by: Actor, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Files:
    """What a business says of its sealed files.

    ``chain`` gives the path of the place of a party's file: its data officer answers.  ``hidden`` are
    the keys of the files that are kept from somebody.  ``held`` gives what is held of a party, and
    nothing that others said.  ``kept`` says how long, ``bars`` why nothing of it may be erased yet, or
    "".  ``erases`` says to the party what ``erase`` does, ``looks`` what looks are for, by their codes.
    """

    business: str
    label: Promise
    erases: Promise
    looks: Mapping[str, str | Promise]
    chain: Callable[[Party], str]
    hidden: Callable[[Staff], QuerySet[Any]]
    held: Callable[[Party], Sequence[Part]]
    kept: Callable[[Party], str]
    bars: Callable[[Party], str]
    erase: Eraser


FILES: dict[str, Files] = {}


def register(files: Files) -> None:
    """Let the files of a business take part; called once from its app's ``ready``."""
    FILES[files.business] = files


def files_of(party: Party) -> Files:
    """Return what the business of a party says of its files."""
    return FILES[party.business]

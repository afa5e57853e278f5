"""Where a business plugs into the spine: its one hook, filled in from its ``business.py``.

The spine calls upward only through here, so that `matters` knows nothing of any business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise

from gongzhi.accounts.models import Office, Staff
from gongzhi.audit.actors import Actor
from gongzhi.matters.models import Matter


@dataclass(frozen=True, slots=True)
class Panel:
    """What a business shows on the page of a matter: a template, and what it is drawn from."""

    template: str
    says: dict[str, Any]


class Planter(Protocol):
    """The action that adds to the demo what a business has; returns how many of it."""

    def __call__(self, *, by: Actor, at: datetime) -> int: ...


class Decliner(Protocol):
    """Says why an office cannot be given a matter, to lead or to work on it beside the lead; or ""."""

    def __call__(self, matter: Matter, office: Office, *, lead: bool) -> str: ...


@dataclass(frozen=True, slots=True)
class Business:
    """What a business adds to matters.

    ``panel`` gives its part of the page of a matter to whoever reads it, or None where it has
    nothing to say there (it decides by the matter's kind, state and reader; one query at most
    where it has nothing).  ``plant`` adds to the demo what the business has.  ``declines`` says why
    an office cannot be given a matter, or "".
    """

    code: str
    label: str | Promise
    panel: Callable[[Matter, Staff, datetime], Panel | None] | None = None
    plant: Planter | None = None
    declines: Decliner | None = None


BUSINESSES: dict[str, Business] = {}


def register(business: Business) -> None:
    """Let ``business`` take part; called once from its app's ``ready``."""
    BUSINESSES[business.code] = business


def panels(matter: Matter, to: Staff, at: datetime) -> list[Panel]:
    """Return what all businesses show ``to`` on the page of ``matter``, in the order they came."""
    asked = (one.panel(matter, to, at) for one in BUSINESSES.values() if one.panel)
    return [panel for panel in asked if panel]


def declined(matter: Matter, office: Office, *, lead: bool) -> str:
    """Return why some business says that ``office`` cannot be given ``matter``, or ""."""
    asked = (one.declines(matter, office, lead=lead) for one in BUSINESSES.values() if one.declines)
    return next(filter(None, asked), "")

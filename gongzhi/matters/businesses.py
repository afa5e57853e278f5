"""Where a business plugs into the spine: its one hook."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Business:
    """What a business adds to matters of its kinds.

    ``panel`` is the template its part of the matter page is drawn from; ``sealed`` keeps matters of
    its kinds off every list, board and export but as number and state.
    """

    code: str
    label: str | Promise
    panel: str = ""
    sealed: bool = False


BUSINESSES: dict[str, Business] = {}


def register(business: Business) -> None:
    """Let ``business`` take part; called once from its app's ``ready``."""
    BUSINESSES[business.code] = business

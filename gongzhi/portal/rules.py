"""How often anybody may try something: generous for people, too slow for guessing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be tried in a window; who tries is kept only as a keyed hash."""

    purpose: str
    most: int
    window: timedelta


# Many telephones share one address of their network: limits by address are wide.
RAISE = Limit("raise", 60, timedelta(hours=1))
BY_NUMBER = Limit("receipt-code", 5, timedelta(minutes=15))
BY_NUMBER_DAY = Limit("receipt-code-day", 20, timedelta(days=1))
BY_ADDRESS = Limit("receipt-code-address", 60, timedelta(hours=1))
SENDS = Limit("contact-send", 3, timedelta(hours=1))
SENDS_ADDRESS = Limit("contact-send-address", 20, timedelta(hours=1))
CODES = Limit("contact-code", 20, timedelta(days=1))
CODES_ADDRESS = Limit("contact-code-address", 60, timedelta(hours=1))

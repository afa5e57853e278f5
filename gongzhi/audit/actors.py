"""Who acts: a value, not a row, so that history outlives accounts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """Somebody or something that acts; has no right by itself, `accounts.models.Staff` has."""

    id: UUID | None
    label: str

    def is_administrator(self) -> bool:
        """Return whether the places, offices and catalogue are this actor's to change."""
        return False


class System(Actor):
    """The installation itself: clocks that run out, seeds, imports at the console."""

    def is_administrator(self) -> bool:
        return True


SYSTEM = System(None, "system")

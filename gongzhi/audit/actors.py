"""Who acts: a value, not a row, so that history outlives accounts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gongzhi.base.seal import keyed_hash


@dataclass(frozen=True)
class Actor:
    """Somebody or something that acts; has no right by itself, `accounts.models.Staff` has."""

    id: UUID | None
    label: str

    @property
    def name(self) -> str:
        """Return who it is to the person whose data they look at; history says only `label`."""
        return self.label

    def is_administrator(self) -> bool:
        """Return whether the places, offices and catalogue are this actor's to change."""
        return False


class System(Actor):
    """The installation itself: clocks that run out, seeds, imports at the console."""

    def is_administrator(self) -> bool:
        return True


SYSTEM = System(None, "system")


def signed(subject: UUID, who: UUID | None) -> UUID | None:
    """Return under which key ``who`` stands in the history of ``subject``: in every history another.

    So nothing can be asked by author and time, and no way of anybody through the day can be put
    together; whoever knows both keys can still tell whether an entry is theirs.
    """
    return who and UUID(hex=keyed_hash(f"signed {subject.hex}", who.hex)[:32])

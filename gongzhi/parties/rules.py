"""Who a party is, as an actor: pure functions.  What they may do, the rules of their business say."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gongzhi.audit.actors import Actor
from gongzhi.parties.models import Party


@dataclass(frozen=True, kw_only=True)
class Member(Actor):
    """Whoever has proven to be one party of one file; their key stands in its history, no name.

    ``acts_for`` is the party whom they represent.
    """

    party: UUID
    file: UUID
    role: str
    acts_for: UUID | None = None

    @property
    def side(self) -> UUID:
        """The party for whom they speak: whom they represent, or themselves."""
        return self.acts_for or self.party

    def is_of(self, file: UUID) -> bool:
        """Return whether they are a party of the file with this key."""
        return self.file == file


def member(party: Party) -> Member:
    """Return ``party`` as an actor."""
    return Member(
        party.pk,
        party.role,
        party=party.pk,
        file=party.file,
        role=party.role,
        acts_for=party.acts_for_id,
    )


def may_mend(by: Actor, party: Party) -> bool:
    """Return whether ``by`` may change how ``party`` is reached: they themselves."""
    return isinstance(by, Member) and by.party == party.pk

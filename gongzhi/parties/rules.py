"""Who a party is, as an actor.  What they may do in their file, the rules of their business say."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.parties.businesses import files_of
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
    """Return whether ``by`` may change how ``party`` is reached: they themselves, or who answers them."""
    return (isinstance(by, Member) and by.party == party.pk) or may_answer(by, party)


def may_answer(by: Actor, party: Party) -> bool:
    """Return whether ``by`` answers what ``party`` asks about their data, and does it.

    The data officer of the place of their file, unless it is kept from them (two queries); and whoever
    puts a backup back, after which it is done again.
    """
    if isinstance(by, System):
        return True
    if not isinstance(by, Staff):
        return False
    files = files_of(party)
    mine = by.serves(Role.DATA_OFFICER, files.chain(party))
    return mine and not files.hidden(by).filter(pk=party.file).exists()

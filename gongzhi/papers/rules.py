"""Who may have which sheet of a matter."""

from __future__ import annotations

from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import Actor
from gongzhi.matters import rules
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import Holder

OF_STAFF = frozenset({"dossier", "order"})


def may_print(by: Actor, matter: Matter, sheet: str) -> bool:
    """Return whether ``by`` may have a sheet: staff who see the matter; its requester the reply."""
    if isinstance(by, Holder):
        return sheet not in OF_STAFF and by.matter == matter.pk
    return isinstance(by, Staff) and rules.may_see(by, matter)

"""What was erased since a backup was made is erased again once it was put back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.matters import actions as matters
from gongzhi.matters.models import Matter
from gongzhi.parties.businesses import files_of
from gongzhi.parties.models import Party
from gongzhi.upkeep import queries, rules


def erase_again(listed: Path, *, by: Actor, at: datetime) -> int:
    """Erase every matter and every party of the list that is here and not erased; return how many.

    The list lies outside the database, and a line that is twice in it does no harm.  A party of a file
    that had not ended at the time of the backup has to ask again.

    :raises ValidationError: the list cannot be read; nothing was erased
    """
    if not rules.may_restore(by):
        raise PermissionDenied(_("Only the operator of this machine erases again."))
    try:
        keys = queries.erased(listed)
    except (OSError, ValueError) as fault:
        raise ValidationError(
            _("%(file)s is no list of what was erased, or cannot be read.") % {"file": listed}
        ) from fault
    n = 0
    for key in keys:
        matter = Matter.objects.filter(pk=key).first()
        if matter and not matter.is_erased:
            matters.erase(matter, by=by, at=at)
            n += 1
        elif matter is None:
            n += _party(key, by, at)
    return n


def _party(key: UUID, by: Actor, at: datetime) -> int:
    party = Party.objects.filter(pk=key).first()
    if party is None or party.is_erased or files_of(party).bars(party):
        return 0
    files_of(party).erase(party, by=by, at=at)
    return 1

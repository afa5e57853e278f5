"""Who signs is who holds the telephone: a code is sent to them.  Who comes in, proves it by receipt."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from gongzhi.accounts import actions as accounts
from gongzhi.audit.actors import Actor
from gongzhi.base.seal import keyed_hash
from gongzhi.matters.actions.proving import Limit, spend
from gongzhi.notices.actions import write
from gongzhi.parties.models import Party

SENDS = Limit("party-send", 5, timedelta(hours=1))
CODES = Limit("party-code", 20, timedelta(days=1))


def send_code(party: Party, *, by: Actor, at: datetime) -> bool:
    """Send a party six digits with which they sign; return whether there is a way to send it.

    They asked for it just now, so it goes at once whatever their hours are, but by no other way than
    theirs.

    :raises TooMany: too often
    """
    spend(SENDS, party.pk.hex, by=by, at=at)
    if not party.reach.to:
        return False
    code = accounts.issue_code(_whose(party), by=by, at=at)
    with override(party.language):
        said = _("Code for your signature: %(code)s. It is good for 10 minutes. Tell it to nobody.")
        write(to=party.reach.to, text=said % {"code": code}, verb="code", by=by, at=at)
    return True


def prove_code(party: Party, code: str, *, by: Actor, at: datetime) -> bool:
    """Return whether ``code`` is the one that was sent to the party last.

    :raises TooMany: slowed or locked
    """
    spend(CODES, party.pk.hex, by=by, at=at)
    return accounts.use_code(_whose(party), code=code, by=by, at=at)


def _whose(party: Party) -> str:
    return keyed_hash("party", party.pk.hex)

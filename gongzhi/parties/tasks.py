"""Messages that waited for a safe hour go out, to where their party is reached by then."""

from __future__ import annotations

import base64

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.seal import unseal
from gongzhi.jobs.handlers import Work, on
from gongzhi.parties import actions
from gongzhi.parties.models import Party


@on("party_letter")
def write(work: Work) -> None:
    """Write to a party what waited; to nobody where they left, want nothing any more or are no more."""
    party = Party.objects.filter(pk=str(work.key)).first()
    if party is None:  # their file was erased meanwhile
        return
    sealed = base64.b64decode(work.args["sealed"])
    said = unseal(sealed, f"waits:{party.pk.hex}")["text"]
    actions.send(party, said, verb=work.args["verb"], by=SYSTEM, at=work.at)

"""Where mediation plugs in: a panel on the page of a matter, the demo, what its files hold of one person."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Matter
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions import erase_party
from gongzhi.mediation.actions.planting import plant
from gongzhi.mediation.words import PURPOSES
from gongzhi.parties.businesses import Files


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:  # noqa: ARG001  panels may count days
    """Return the cases that came from ``matter`` by number and state, and whether ``to`` may offer it."""
    may_offer = not matter.is_ended and rules.may_take_in(to, matter.chain)
    cases = list(queries.of_matter(matter))
    if not cases and not may_offer:
        return None
    says = {
        "cases": [(case, rules.may_see(to, case)) for case in cases],
        "may_offer": may_offer,
        "number": matter.number,
    }
    return Panel("mediation/_panel.html", says)


MEDIATION = Business("mediation", _("Mediation"), panel=panel, plant=plant)
FILES = Files(
    "mediation",
    label=_("Mediation"),
    erases=_(
        "How you are reached is erased, and all that you and the mediator said and kept in your own room "
        "and that offices of help have of you. What all parties share is kept until its day, then the "
        "whole file is erased. It cannot be undone; it is possible once the case was filed."
    ),
    looks=PURPOSES,
    chain=queries.chain_of,
    hidden=queries.hidden,
    held=queries.held,
    kept=queries.kept,
    bars=queries.bars,
    erase=erase_party,
)

"""Where petitions plug in: they add some to the demo, and say what their files hold of one person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gongzhi.matters.businesses import Business
from gongzhi.parties.businesses import Files
from gongzhi.petitions import queries
from gongzhi.petitions.actions import erase_party
from gongzhi.petitions.actions.planting import plant
from gongzhi.petitions.actions.registering import BUSINESS
from gongzhi.petitions.words import PURPOSES

PETITIONS = Business("petitions", _("Petitions"), plant=plant)
FILES = Files(
    BUSINESS,
    label=_("Petition"),
    erases=_(
        "Your name, how you are reached, what you signed and handed in are erased; if you raised it, "
        "also its words and what was answered. A number, a kind, a place and dates stay. It cannot be "
        "undone; it is possible once the petition has ended."
    ),
    looks=PURPOSES,
    chain=queries.chain_of,
    hidden=queries.hidden,
    held=queries.held,
    kept=queries.kept,
    bars=queries.bars,
    erase=erase_party,
)

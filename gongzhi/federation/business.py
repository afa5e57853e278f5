"""Where levels plug into the spine: what is handed to one, and how it stands there."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office, Staff
from gongzhi.federation import queries, rules
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Matter
from gongzhi.matters.words import PURPOSES


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:  # noqa: ARG001  panels may count days
    """Return with which levels a matter is in common; no query where no level is known."""
    if not queries.offices():
        return None
    shared = queries.of_matter(matter.pk)
    if not shared:
        return None
    for one in shared:
        one.matter = matter
    asks = next((one for one in shared if rules.may_ask_there(to, one)), None)
    says = {"shared": shared, "asks": asks, "purposes": PURPOSES.items()}
    return Panel("federation/_panel.html", says)


def declines(matter: Matter, office: Office, *, lead: bool) -> str:
    """Return why a matter cannot be given to an office that stands for a level, or ""."""
    peer = queries.offices().get(office.pk)
    if peer is None:
        return ""
    if not lead:
        return _(
            "This office stands for another level: dispatch the matter to it, or split off its part."
        )
    return queries.why_not(matter, peer)


FEDERATION = Business("federation", gettext_lazy("Levels"), panel=panel, declines=declines)

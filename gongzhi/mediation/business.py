"""Where mediation plugs into the spine: a panel on the page of a matter, and the demo."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Matter
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions.planting import plant


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

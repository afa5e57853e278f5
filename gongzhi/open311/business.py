"""Where Open311 plugs into the spine: to whom a matter was passed on, on its page."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Matter
from gongzhi.open311 import queries, rules


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:  # noqa: ARG001  panels may count days
    """Return to whom ``matter`` was passed on, and whether it can be; no query where no server is known."""
    if not rules.is_open_to_others(matter) or not queries.knows_servers():
        return None
    forwarded = queries.forwarded(matter)
    may = rules.may_forward(to, matter)
    can = may and bool(queries.servers_for(matter))
    if not (forwarded or can):
        return None
    said = {"forwarded": forwarded, "matter": matter, "can": can, "may": may}
    return Panel("open311/_panel.html", said)


OPEN311 = Business("open311", _("Passed on to other bodies"), panel=panel)

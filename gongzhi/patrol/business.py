"""Where patrol plugs into the spine: a panel on the page of a matter, and the demo."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Channel, Matter
from gongzhi.patrol import queries
from gongzhi.patrol.actions import plant


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:  # noqa: ARG001  asked alike of all
    """Return at which stop ``matter`` was found; no query where it came in another way."""
    if matter.channel not in (Channel.FIELD, Channel.QR):
        return None
    found = queries.finding_of(matter.pk)
    return Panel("patrol/_panel.html", {"finding": found}) if found else None


PATROL = Business("patrol", _("Patrol"), panel=panel, plant=plant)

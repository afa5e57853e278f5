"""Where assets plug into the spine: a panel on the page of a matter, and the demo."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.assets import queries
from gongzhi.assets.actions import plant
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Channel, Matter


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:  # noqa: ARG001  asked alike of all
    """Return the asset that ``matter`` is about; no query where no label was scanned."""
    if matter.channel != Channel.QR:
        return None
    found = queries.of_matter(matter.pk)
    return Panel("assets/_panel.html", {"asset": found}) if found else None


ASSETS = Business("assets", _("Assets"), panel=panel, plant=plant)

"""Where insight plugs into the spine: what is dealt with together, on the page of a matter; and the demo."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.insight import queries
from gongzhi.insight.actions import gather_issues
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Matter


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:  # noqa: ARG001  panels may count days
    """Return what is dealt with together with ``matter``, as far as ``to`` may see it."""
    linked = queries.linked(matter, to)
    return Panel("insight/_panel.html", {"linked": linked}) if linked else None


INSIGHT = Business("insight", _("Hot issues"), panel=panel, plant=gather_issues)

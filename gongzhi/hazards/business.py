"""Where hazards plug into the spine: a panel on the page of a matter, and the demo."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.hazards import queries, rules
from gongzhi.hazards.actions import plant
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Matter


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:  # noqa: ARG001  asked alike of all
    """Return what of ``matter`` is on the register, for who may register more (one query).

    No query for others, and for matters of which nothing may come onto it.
    """
    if not rules.may_register_of(to, matter):
        return None
    return Panel("hazards/_panel.html", {"matter": matter, "hazards": queries.of_matter(matter.pk)})


HAZARDS = Business("hazards", _("Hazards"), panel=panel, plant=plant)

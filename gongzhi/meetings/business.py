"""Where meetings plug into the spine: a panel on the page of every matter, and the demo."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Matter
from gongzhi.meetings import queries, rules
from gongzhi.meetings.actions.planting import plant
from gongzhi.meetings.states import Sort


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:  # noqa: ARG001  panels may count days
    """Return what offices were called about ``matter``, and where ``to`` may call them."""
    may_call = not (matter.is_ended or rules.is_kept(matter)) and rules.may_call(to, matter.chain)
    about = queries.about(matter, to)
    if not about and not may_call:
        return None
    sorts = [Sort.WHISTLE_CALL, Sort.CONSULTATION] if rules.is_open_to_many(matter) else []
    calls = (sorts or [Sort.CONSULTATION]) if may_call else []
    return Panel("meetings/_panel.html", {"about": about, "calls": calls, "number": matter.number})


MEETINGS = Business("meetings", _("Calls and meetings"), panel=panel, plant=plant)

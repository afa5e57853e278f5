"""Where the hotline plugs into the spine: the order a matter came with, and what was written back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.hotline import queries, rules
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Channel, Matter


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:  # noqa: ARG001  panels may count days
    """Return the order of ``matter`` with what was written back; no query where a hotline sent none."""
    if matter.channel != Channel.HOTLINE or not queries.knows_platforms():
        return None
    order = queries.order_of(matter.pk)
    if order is None:
        return None
    written = [(queries.label(line), line) for line in queries.lines(order)]
    may = rules.may_ask_more(to, order)
    said = {"order": order, "lines": written, "may": may, "is_told": rules.is_told(matter)}
    return Panel("hotline/_panel.html", said)


HOTLINE = Business("hotline", _("Order of a hotline"), panel=panel)

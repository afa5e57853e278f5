"""What the desk shows: piles, lists, filters, the map, who is here."""

from __future__ import annotations

from gongzhi.desk.queries.bulk import (
    SHOWN_REFUSED,
    Preview,
    Progress,
    of_ticked,
    preview,
    progress,
    ticked,
)
from gongzhi.desk.queries.calling import (
    CALLS,
    Tried,
    call_counts,
    next_call,
    to_call,
    tried,
)
from gongzhi.desk.queries.deferred import deferred
from gongzhi.desk.queries.filters import LONGEST_QUERY, Filters, areas, communities, found, heres
from gongzhi.desk.queries.helping import with_tasks
from gongzhi.desk.queries.listings import (
    Listing,
    asked_of,
    listed,
    pile,
    pinned,
    saved_filters,
    searched,
)
from gongzhi.desk.queries.maps import Mark, drawn
from gongzhi.desk.queries.people import Colleague, Shift, shift
from gongzhi.desk.queries.piles import LIVE, Counter, Counts, counts, live, waits
from gongzhi.desk.queries.reviewing import exclusions
from gongzhi.desk.queries.rows import (
    COLUMNS,
    DUE,
    FOUND,
    MOVED,
    ORDERS,
    PAGE,
    RECEIVED,
    SHOWN,
    Order,
    Page,
    Reader,
    Row,
    page,
    read_key,
)

__all__ = [
    "CALLS",
    "COLUMNS",
    "DUE",
    "FOUND",
    "LIVE",
    "LONGEST_QUERY",
    "MOVED",
    "ORDERS",
    "PAGE",
    "RECEIVED",
    "SHOWN",
    "SHOWN_REFUSED",
    "Colleague",
    "Counter",
    "Counts",
    "Filters",
    "Listing",
    "Mark",
    "Order",
    "Page",
    "Preview",
    "Progress",
    "Reader",
    "Row",
    "Shift",
    "Tried",
    "areas",
    "asked_of",
    "call_counts",
    "communities",
    "counts",
    "deferred",
    "drawn",
    "exclusions",
    "found",
    "heres",
    "listed",
    "live",
    "next_call",
    "of_ticked",
    "page",
    "pile",
    "pinned",
    "preview",
    "progress",
    "read_key",
    "saved_filters",
    "searched",
    "shift",
    "ticked",
    "to_call",
    "tried",
    "waits",
    "with_tasks",
]

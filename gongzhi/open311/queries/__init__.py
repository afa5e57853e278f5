"""Matters as Open311 tells them, and what foreign servers are told."""

from __future__ import annotations

from gongzhi.open311.queries.exporting import bulk
from gongzhi.open311.queries.reading import (
    COLUMNS,
    MOST,
    MOST_IDS,
    SPAN,
    STATES,
    Asked,
    Row,
    Teller,
    by_names,
    extended,
    is_offered,
    keys_of,
    name_of,
    page,
    service,
    services,
    stamp,
    whole_day,
)
from gongzhi.open311.queries.serving import (
    all_servers,
    forwarded,
    knows_servers,
    load_of,
    mappings,
    origin,
    servers,
    servers_for,
    to_ask,
)
from gongzhi.open311.queries.updating import updates

__all__ = [
    "COLUMNS",
    "MOST",
    "MOST_IDS",
    "SPAN",
    "STATES",
    "Asked",
    "Row",
    "Teller",
    "all_servers",
    "bulk",
    "by_names",
    "extended",
    "forwarded",
    "is_offered",
    "keys_of",
    "knows_servers",
    "load_of",
    "mappings",
    "name_of",
    "origin",
    "page",
    "servers",
    "servers_for",
    "service",
    "services",
    "stamp",
    "to_ask",
    "updates",
    "whole_day",
]

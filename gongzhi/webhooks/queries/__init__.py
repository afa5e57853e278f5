"""What is read of webhooks: what is to be told, and what a message would become."""

from __future__ import annotations

from gongzhi.webhooks.queries.taking import Unusable, form_key, report_of
from gongzhi.webhooks.queries.telling import (
    MOST,
    SHOWN,
    Standing,
    batch,
    dead,
    facts,
    hooks,
    inlets,
    is_listening,
    keys,
    known_to_all,
    latest,
    to_try,
    told_of,
    waiting,
)

__all__ = [
    "MOST",
    "SHOWN",
    "Standing",
    "Unusable",
    "batch",
    "dead",
    "facts",
    "form_key",
    "hooks",
    "inlets",
    "is_listening",
    "keys",
    "known_to_all",
    "latest",
    "report_of",
    "to_try",
    "told_of",
    "waiting",
]

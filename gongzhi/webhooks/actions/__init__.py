"""Everything that writes the tables of webhooks."""

from __future__ import annotations

from gongzhi.webhooks.actions.delivering import deliver
from gongzhi.webhooks.actions.erasing import erase
from gongzhi.webhooks.actions.gathering import note, spread
from gongzhi.webhooks.actions.lines import (
    Made,
    add_hook,
    add_inlet,
    change,
    rotate,
    start,
    stop,
    test,
)
from gongzhi.webhooks.actions.receiving import Shown, let_in, take
from gongzhi.webhooks.actions.replaying import drop, replay, replay_all, replay_span

__all__ = [
    "Made",
    "Shown",
    "add_hook",
    "add_inlet",
    "change",
    "deliver",
    "drop",
    "erase",
    "let_in",
    "note",
    "replay",
    "replay_all",
    "replay_span",
    "rotate",
    "spread",
    "start",
    "stop",
    "take",
    "test",
]

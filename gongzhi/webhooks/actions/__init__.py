"""Everything that writes the tables of webhooks."""

from __future__ import annotations

from gongzhi.webhooks.actions.delivering import deliver
from gongzhi.webhooks.actions.erasing import erase
from gongzhi.webhooks.actions.gathering import note, spread
from gongzhi.webhooks.actions.lines import Made, add_hook, change, rotate, start, stop, test
from gongzhi.webhooks.actions.replaying import drop, replay, replay_all, replay_span

__all__ = [
    "Made",
    "add_hook",
    "change",
    "deliver",
    "drop",
    "erase",
    "note",
    "replay",
    "replay_all",
    "replay_span",
    "rotate",
    "spread",
    "start",
    "stop",
    "test",
]

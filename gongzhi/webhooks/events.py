"""Events as CloudEvents 1.0 in structured JSON; of what not everybody may know number and state alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

ONE = "application/cloudevents+json; charset=UTF-8"
MANY = "application/cloudevents-batch+json; charset=UTF-8"
MOVED = "org.gongzhi.matter.state"  # of what is not open: whatever led to the state
TEST = "org.gongzhi.test"

Event = dict[str, Any]


def envelope(key: UUID, kind: str, source: str, at: datetime, data: Event) -> Event:
    """Return an event with ``data``."""
    return {
        "specversion": "1.0",
        "id": str(key),
        "source": source,
        "type": kind,
        "time": at.isoformat(timespec="seconds"),
        "datacontenttype": "application/json",
        "data": data,
    }


def opened(event: Event, seq: int) -> Event:
    """Return what is told of a matter that everybody may know of, from its `envelope`."""
    return event | {"subject": event["data"]["number"], "sequence": f"{seq:010}"}


def closed(event: Event) -> Event:
    """Return what is left of an event where only number and state are told."""
    kept = {name: event["data"][name] for name in ("number", "state")}
    told = {name: value for name, value in event.items() if name != "sequence"}
    return told | {"type": MOVED, "subject": kept["number"], "data": kept}


def body(told: Sequence[Event], *, batched: bool) -> bytes:
    """Return what is posted: a list, or the one event by itself."""
    plain = list(told) if batched else told[0]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()

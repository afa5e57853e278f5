"""A meeting as a file for calendars (RFC 5545).  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

LONGEST_LINE = 75  # octets, without the break: RFC 5545 §3.1
USUAL = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Event:
    """What a calendar is told; ``sequence`` grows with every change."""

    key: UUID
    sequence: int
    begins_at: datetime
    summary: str
    location: str
    description: str = ""
    url: str = ""
    cancelled: bool = False


def file(event: Event, *, at: datetime) -> str:
    """Return the file with one event, as it stands at ``at``."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Gongzhi//Meetings//ZH",
        "METHOD:" + ("CANCEL" if event.cancelled else "PUBLISH"),
        "BEGIN:VEVENT",
        f"UID:{event.key}",
        f"DTSTAMP:{_time(at)}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTART:{_time(event.begins_at)}",
        f"DTEND:{_time(event.begins_at + USUAL)}",
        f"SUMMARY:{escaped(event.summary)}",
        f"LOCATION:{escaped(event.location)}",
    ]
    lines += [f"DESCRIPTION:{escaped(event.description)}"] if event.description else []
    lines += [f"URL:{event.url}"] if event.url else []
    lines += ["STATUS:" + ("CANCELLED" if event.cancelled else "CONFIRMED")]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(folded(line) + "\r\n" for line in lines)


def escaped(text: str) -> str:
    """Return a text with what would end a value or a line written as RFC 5545 §3.3.11 asks."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    return "\\n".join(text.splitlines())


def folded(line: str) -> str:
    """Return a line broken so that none has more than 75 octets, and no character in two."""
    parts, length = [""], 0
    for char in line:
        octets = len(char.encode())
        if length + octets > LONGEST_LINE:
            parts.append(" ")
            length = 1
        parts[-1] += char
        length += octets
    return "\r\n".join(parts)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")

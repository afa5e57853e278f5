"""One person of one file, and a signature drawn."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw

from gongzhi.audit.actors import Actor
from gongzhi.base.ids import number, uuid7
from gongzhi.parties import actions
from gongzhi.parties.models import Party
from gongzhi.parties.reach import Reach

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # Monday 12:00 in Shanghai
ANYBODY = Actor(None, "")
NUMBER = number("260302", "001", 482913)
MING = Reach(name="李明", phone="13800138000")


def joined(file: UUID | None = None, **other: Any) -> actions.Joined:
    """Take somebody into a file by the real action; return them with their code."""
    given: dict[str, Any] = {
        "business": "mediation",
        "number": NUMBER,
        "role": "applicant",
        "reach": MING,
    } | other
    return actions.join(file or uuid7(), **given, by=ANYBODY, at=NOON)


def party(file: UUID | None = None, **other: Any) -> Party:
    """Take somebody into a file."""
    return joined(file, **other).party


def drawing() -> str:
    """Return a signature as a browser's canvas sends it."""
    image = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(50, 100), (200, 40), (350, 150), (550, 60)], (0, 0, 0, 255), 4)
    return _sent(image)


def blank() -> str:
    """Return a box in which nothing was drawn."""
    return _sent(Image.new("RGBA", (600, 200), (0, 0, 0, 0)))


def _sent(image: Image.Image) -> str:
    written = BytesIO()
    image.save(written, "PNG")
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode()

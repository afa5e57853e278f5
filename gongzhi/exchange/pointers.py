"""What a JSON pointer (RFC 6901) leads to in a document."""

from __future__ import annotations

from typing import Any

LONGEST = 200


def is_pointer(text: str) -> bool:
    """Return whether ``text`` is a pointer: empty for the whole, else parts that each follow a stroke."""
    bare = text.replace("~0", "").replace("~1", "")
    return len(text) <= LONGEST and "~" not in bare and (not text or text.startswith("/"))


def find(document: Any, pointer: str) -> Any:
    """Return what ``pointer`` leads to; ``None`` where it leads nowhere, or to null."""
    here = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(here, dict):
            here = here.get(name)
        elif isinstance(here, list) and name.isascii() and name.isdecimal() and len(name) < 6:  # noqa: PLR2004
            here = here[int(name)] if int(name) < len(here) else None
        else:
            return None
    return here

"""One answer in both of its forms: JSON as it is, XML by the Spark convention the specification names.

A list is an element that holds one element for each of its members; nothing is an empty element.
"""

from __future__ import annotations

import json
import re
from xml.sax.saxutils import escape

Value = bool | int | float | str | list["Value"] | dict[str, "Value"] | None

HEAD = '<?xml version="1.0" encoding="utf-8"?>'
MEMBERS = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "service_request_updates": "request_update",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
# XML 1.0 has no word for these, however they are written.
_UNSAID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RETURN = {"\r": "&#13;"}  # which a reader would else take for the end of a line


def written(name: str, value: Value, ending: str) -> bytes:
    """Return ``value`` as JSON, or as XML whose outermost element is ``name``, in UTF-8."""
    if ending == "json":
        return json.dumps(value, ensure_ascii=False).encode(errors="replace")
    return f"{HEAD}\n{_element(name, value)}".encode()


def _element(name: str, value: Value) -> str:
    if isinstance(value, list):
        member = MEMBERS[name]
        inner = "".join([_element(member, one) for one in value])
    elif isinstance(value, dict):
        inner = "".join([_element(key, one) for key, one in value.items()])
    else:
        inner = _plain(value)
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def _plain(value: bool | float | str | None) -> str:  # noqa: FBT001  a value, not a choice
    if isinstance(value, str):
        return escape(_UNSAID.sub("", value), _RETURN)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else repr(value)

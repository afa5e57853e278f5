"""What the log says, and what it never says: no address as it was asked, no value of a query.

Addresses carry keys and codes of people's own matters, so that a request is told by its route.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from django.conf import settings

from gongzhi.base.faults import is_away

NOWHERE = "(no address)"
LONGEST_QUERY = 2000
slow = logging.getLogger("gongzhi.slow")


def route(request: Any) -> str:
    """Return the route that a request took, with the names of what stands in it."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else NOWHERE


class Routes(logging.Filter):
    """Puts the route where Django's own lines tell the address.

    While a part is away each request fails in the same way: a line each, not a page each.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request: Any = getattr(record, "request", None)
        if hasattr(request, "method"):
            status = getattr(record, "status_code", "")
            record.msg, record.args = "%s %s %s", (status, request.method, route(request))
            fault = record.exc_info[1] if record.exc_info else None
            if is_away(fault):
                record.msg, record.args = f"{record.msg} %s", (*record.args, type(fault).__name__)
                record.exc_info = None
        return True


class Json(logging.Formatter):
    """One line of JSON for each record; of a fault its kind and where, not what it says of values."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0]:
            said["fault"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            said["where"] = [f"{one.filename}:{one.lineno} {one.name}" for one in frames]
        return json.dumps(said, ensure_ascii=False)


def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
    """Execute a query; log it, without its values, where it took longer than the setting says."""
    began = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        ms = round((perf_counter() - began) * 1000)
        if ms >= settings.SLOW_QUERY_MS:
            slow.warning("%d ms: %s", ms, sql[:LONGEST_QUERY], extra={"facts": {"ms": ms}})

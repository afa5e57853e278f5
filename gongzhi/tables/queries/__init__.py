"""What is read of files, rows and runs."""

from __future__ import annotations

from gongzhi.tables.queries.chunks import (
    Bad,
    Good,
    checked,
    chunk,
    every,
    mended,
    once,
    pack,
    refused_rows,
)
from gongzhi.tables.queries.out import package, rows
from gongzhi.tables.queries.reports import Ready, Reports
from gongzhi.tables.queries.runs import (
    REFUSALS,
    drops,
    due,
    files_of,
    refusals,
    run_of,
    runs,
    sent_before,
    to_get,
    to_send,
)

__all__ = [
    "REFUSALS",
    "Bad",
    "Good",
    "Ready",
    "Reports",
    "checked",
    "chunk",
    "drops",
    "due",
    "every",
    "files_of",
    "mended",
    "once",
    "pack",
    "package",
    "refusals",
    "refused_rows",
    "rows",
    "run_of",
    "runs",
    "sent_before",
    "to_get",
    "to_send",
]

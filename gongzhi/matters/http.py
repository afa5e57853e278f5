"""Stored files as they are sent to a browser, by every app that keeps some."""

from __future__ import annotations

from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import FileResponse

from gongzhi.matters.uploads import TYPES, Sort

YEAR_S = 365 * 24 * 3600


def send_file(stored: str | None, sort: str, name: str) -> FileResponse:
    """Return a stored file for whoever was found to be allowed it; its address changes with it."""
    response = FileResponse(default_storage.open(stored or ""), content_type=TYPES[Sort(sort)])
    # The address changes with the file (see `_files.html`), so what is covered is not kept.
    response["Cache-Control"] = f"private, max-age={YEAR_S}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    way = "attachment" if sort == Sort.DOCUMENT else "inline"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    return response

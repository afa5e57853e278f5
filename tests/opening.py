"""Every page that opens, as its readers read it: for tests of what stands nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pypdf import PdfReader


def addresses(patterns: Any = None, before: str = "/") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every address with what stands in it."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route, tuple(re.findall(r"<(?:\w+:)?(\w+)>", route))


def opened(browser: Client, keys: list[str]) -> Iterator[tuple[str, str]]:
    """Yield every page that opens by GET, with each of ``keys`` in its address, as text."""
    for route, params in addresses():
        if any(param not in {"key", "pk"} for param in params):
            continue
        for key in keys if params else [""]:
            path = re.sub(r"<\w+:\w+>", key, route)
            try:
                response = browser.get(path)
            except ImproperlyConfigured:  # an address that needs a service of its own
                continue
            if response.status_code == 200:
                yield path, words(response)


def words(response: Any) -> str:
    """Return what stands in a page, a paper, a list or a spreadsheet."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    sort = response.headers["Content-Type"]
    if "pdf" in sort:
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
        return re.sub(r"\s", "", text)
    if "spreadsheet" in sort:
        with ZipFile(BytesIO(body)) as book:
            return "".join(book.read(name).decode() for name in book.namelist())
    return body.decode(errors="replace")

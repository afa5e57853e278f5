"""The forms that a page offers, filled in as somebody in a hurry would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.utils.timezone import localtime
from lxml.html import HtmlElement, fromstring

WORDS = "请尽快看一看，谢谢。"
Typed = dict[str, list[str]]


def forms(document: str, address: str) -> Iterator[tuple[str, Typed]]:
    """Yield each form of a page that is sent by POST: where it goes, and what is typed into it."""
    if "<form" not in document:
        return
    page = fromstring(document)
    for form in page.iter("form"):
        buttons = form.xpath(".//button[not(@type) or @type='submit'] | .//input[@type='submit']")
        typed = _typed(form)
        if (form.get("method") or "").lower() == "post":
            yield _path(form.get("action"), address), typed
        for button in buttons:
            if button.get("formaction"):
                yield _path(button.get("formaction"), address), typed
            elif button.get("name"):
                typed[button.get("name")] = [button.get("value") or ""]


def _path(action: str | None, address: str) -> str:
    return urlsplit(urljoin(address, action or "")).path


def _typed(form: HtmlElement) -> Typed:
    typed: Typed = {}
    for entry in form.iterdescendants("input", "select", "textarea"):
        name = entry.get("name")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if (value := _value(entry, typed.get(name))) is not None:
            typed[name] = value
    return typed


def _value(entry: Any, before: list[str] | None) -> list[str] | None:
    """Return what is typed into one field; ``None`` leaves it as it is."""
    kind = "select" if entry.tag == "select" else entry.get("type", "text")
    if kind in ("radio", "checkbox"):
        is_first = before is None
        return [entry.get("value") or "on"] if is_first or entry.get("checked") else None
    if kind == "select":
        options = [one.get("value", "") for one in entry.iter("option") if not one.get("disabled")]
        chosen = [one.get("value", "") for one in entry.iter("option") if one.get("selected")]
        return [next((one for one in (*chosen, *options) if one), "")]
    if kind in ("hidden", "submit"):
        return [entry.get("value") or ""]
    if kind == "file":
        return None
    return [entry.get("value") or (entry.text or "").strip() or _usual(kind, entry)]


def _usual(kind: str, entry: Any) -> str:
    soon = localtime() + timedelta(days=10)
    return {
        "date": f"{soon:%Y-%m-%d}",
        "datetime-local": f"{soon:%Y-%m-%dT%H:%M}",
        "time": "10:00",
        "number": entry.get("min") or "1",
        "email": "somebody@example.org",
        "tel": "13900000000",
        "url": "https://example.org/",
    }.get(kind, WORDS)

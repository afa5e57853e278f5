"""How these pages are looked at: in English, by an administrator unless said otherwise."""

from __future__ import annotations

from typing import Any

from django.test import Client


def signed_in(town: Any, who: str = "administrator") -> Client:
    """Return the browser of one of the cast, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(town, who))
    return client


def told(answer: Any) -> str:
    """Return what stands on a page."""
    return str(answer.content.decode())

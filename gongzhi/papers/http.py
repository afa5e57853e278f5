"""How paper leaves the house: shown in the browser, kept by nobody on the way."""

from __future__ import annotations

from django.http import HttpResponse


def answer(made: bytes, name: str) -> HttpResponse:
    """Return a PDF to be looked at or saved under ``name``."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response

"""What somebody keeps of what they raised: where number and code are read, as address and QR code."""

from __future__ import annotations

import segno
from django.conf import settings
from django.urls import reverse


def follow(number: str) -> str:
    """Return the address at which what bears ``number`` is followed."""
    return f"{settings.ORIGIN}{reverse('portal:follow')}?number={number}"


def qr(number: str, code: str) -> segno.QRCode:
    """Return the QR code that opens that page and fills in both."""
    # After "#" it stays in the reader's own browser: no log on the way ever holds the code.
    return segno.make_qr(f"{follow(number)}#{code}", error="m")

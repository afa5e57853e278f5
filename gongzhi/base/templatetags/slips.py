"""The QR code of a slip, as a picture in the page itself."""

from __future__ import annotations

from django import template

from gongzhi.base.slips import qr

register = template.Library()


@register.simple_tag
def slip_qr(number: str, code: str) -> str:
    """Return the data address of the QR code that opens what bears ``number``; "" without a code."""
    return qr(number, code).svg_data_uri(scale=4, border=2) if code else ""

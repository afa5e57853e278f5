"""Whose duty a matter is, by the duty list."""

from __future__ import annotations

from datetime import date

from gongzhi.matters.models import Duty, DutyQuerySet


def duties_up(kind_code: str, chain: str, on: date) -> DutyQuerySet:
    """Return the rows in force on a day that cover a place, the one that counts first.

    ``chain`` is the path of the place.  The nearest row up the chain counts, of several at one
    place that of the lowest level.
    """
    paths = [chain[: n + 1] for n, char in enumerate(chain) if char == "/"]
    found = Duty.objects.listed(on).filter(kind_code=kind_code, place__path__in=paths)
    return found.order_by("-place__path", "-level__rank")


def duty_for(kind_code: str, chain: str, on: date) -> Duty | None:
    """Return the row that says who leads and who helps at a place on a day, with names (2 queries)."""
    return duties_up(kind_code, chain, on).with_names().first()

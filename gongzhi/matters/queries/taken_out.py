"""What is taken out as a file: which matters, and in which order a database reads many of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, Min
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from gongzhi.matters.models import Matter, MatterQuerySet

SPAN = timedelta(days=30)
NARROWS = {"state": "state", "kind": "kind_code", "month": ""}


def narrowed(asked: Mapping[str, str]) -> MatterQuerySet:
    """Return the matters of the state, the kind and the month that are ``asked`` for.

    :raises ValidationError: the month is none
    """
    where: dict[str, Any] = {
        NARROWS[name]: value for name, value in asked.items() if NARROWS.get(name)
    }
    if "month" in asked:
        where["received_at__gte"], where["received_at__lt"] = month_of(asked["month"])
    return Matter.objects.filter(**where)


def month_of(month: str) -> tuple[datetime, datetime]:
    """Return when a month such as ``2026-03`` begins and ends, by the clock of the house.

    :raises ValidationError: it is none
    """
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=get_current_timezone())
    except ValueError:
        raise ValidationError(_("Write a month such as 2026-03.")) from None
    return first, (first + timedelta(days=32)).replace(day=1)


def months_back() -> Iterator[tuple[datetime, datetime]]:
    """Yield spans of 30 days, the latest first, that hold every matter (one query).

    A span at a time, any database reads the rows in their order instead of sorting them all.
    """
    whole = Matter.objects.aggregate(first=Min("received_at"), last=Max("received_at"))
    ends = whole["last"]
    while ends and ends >= whole["first"]:
        yield ends - SPAN, ends
        ends -= SPAN

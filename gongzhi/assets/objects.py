"""An asset is a thing in the open: its name speaks of no person, no gathering and no home.  Pure."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.matters.objects import refuse_persons

HOME = re.compile(
    r"单元|[0-9]+[室户]|[0-9]楼$|住宅|住户|民居|民房|出租屋|宿舍|家[中里]|的家"
    r"|\b(flat|apartment|dwelling|household|residence|home of)s?\b",
    re.IGNORECASE,
)


def refuse_no_thing(text: str) -> None:
    """Refuse a name that speaks of persons, gatherings or homes.

    :raises ValidationError: names the word
    """
    refuse_persons(text)
    if hit := HOME.search(text):
        raise ValidationError(
            _(
                "“%(word)s”: here stand things of the city in the open, never homes or who lives "
                "in them. Name the thing by what it is and the street."
            )
            % {"word": hit.group()},
            code="home",
        )

"""An asset is a thing in the open: its name speaks of no person, no gathering and no home.  Pure."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.matters.objects import home_in, refuse_persons

INDOORS = re.compile(r"单元|[0-9]楼$|住宅|宿舍")


def refuse_no_thing(text: str) -> None:
    """Refuse a name that speaks of persons, gatherings or homes.

    :raises ValidationError: names the word
    """
    refuse_persons(text)
    indoors = INDOORS.search(text)
    if word := home_in(text) or (indoors.group() if indoors else ""):
        raise ValidationError(
            _(
                "“%(word)s”: here stand things of the city in the open, never homes or who lives "
                "in them. Name the thing by what it is and the street."
            )
            % {"word": word},
            code="home",
        )

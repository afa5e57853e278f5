"""A hazard is of a place, an asset or a service, never of a person or a home.  Pure."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.matters.objects import home_in, refuse_persons


def refuse_no_place(text: str) -> None:
    """Refuse words that speak of persons, gatherings or what lies behind the door of a home.

    :raises ValidationError: names the word
    """
    refuse_persons(text)
    if word := home_in(text):
        raise ValidationError(
            _(
                "“%(word)s”: hazards are of places, assets and services, never of a home or who "
                "lives in it. Name the building, stair, yard or street instead."
            )
            % {"word": word},
            code="home",
        )

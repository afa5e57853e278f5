"""What a platform's message says, field by field, by its mapping."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.exchange.readers import READ, Reading, moment, words

YES, NO = ("1", "true", "yes", "是"), ("0", "false", "no", "否")
MOST_SATISFIED = 5


def yes(value: Any) -> bool:
    """Return whether a message says yes or no.

    :raises ValidationError: neither
    """
    said = str(value).strip().lower() if isinstance(value, bool | int | str) else ""
    if said not in YES + NO:
        raise ValidationError(_("This must be true or false."))
    return said in YES


def satisfied(value: Any) -> int:
    """Return how satisfied somebody is, from 1 to 5.

    :raises ValidationError: not on the scale
    """
    said = str(value).strip() if isinstance(value, int | str) else ""
    if isinstance(value, bool) or said not in "12345" or len(said) != 1:
        raise ValidationError(
            _("This must be a number from 1 to %(most)d.") % {"most": MOST_SATISFIED}
        )
    return int(said)


MESSAGE: Reading = {
    **READ,
    "order": words(100),
    "sort": words(40),
    "at": moment,
    "sign_by": moment,
    "answer_by": moment,
    "granted": yes,
    "solved": yes,
    "satisfied": satisfied,
    "status": words(40),
    "urgent": yes,
    "about": words(60),
}
NEEDED = ("id", "order")

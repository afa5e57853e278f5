"""How dates and time limits are said to a resident."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext

from gongzhi.deadlines.clocks import Unit
from gongzhi.matters.limits import allowed
from gongzhi.matters.models import Duty, Kind
from gongzhi.matters.words import OTHER_LOOKS, PURPOSES

register = template.Library()


@register.filter
def moment(at: datetime | None) -> str:
    """Return a day and time in words of the reader's language, such as 3月5日 17:30."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{day(at)} {local:%H:%M}"


@register.filter
def day(at: datetime | None) -> str:
    """Return a day in words, with the year where it is not this one."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    this_year = local.year == timezone.localdate().year
    return formats.date_format(local, "MONTH_DAY_FORMAT" if this_year else "DATE_FORMAT")


@register.filter
def purpose(code: str) -> str:
    """Return why somebody looked at a contact, in the reader's language."""
    return str((PURPOSES | OTHER_LOOKS).get(code, code))


@register.simple_tag
def limit_in_words(kind: Kind, duty: Duty | None = None, *, urgent: bool = False) -> str:
    """Return within which time a kind is answered, such as “within 5 work days”.

    Where a row of the duty list is given, by that row.
    """
    limit = allowed(kind, duty, urgent=urgent)
    n = limit.value
    match limit.unit:
        case Unit.WORK_DAY:
            said = ngettext("within %(n)d work day", "within %(n)d work days", n)
        case Unit.CALENDAR_DAY:
            said = ngettext("within %(n)d day", "within %(n)d days", n)
        case Unit.WORK_HOUR:
            said = ngettext("within %(n)d working hour", "within %(n)d working hours", n)
        case Unit.URGENT_HOUR:
            said = ngettext("within %(n)d hour", "within %(n)d hours, day and night", n)
    return said % {"n": n}


@register.simple_tag
def legal_ground(kind: Kind) -> str:
    """Return the legal ground of a kind in the reader's language, or the one there is."""
    chinese = (get_language() or "zh").startswith("zh")
    return kind.ground if chinese or not kind.ground_en else kind.ground_en

"""How dates and time limits are said to a resident."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongzhi.deadlines.clocks import Unit
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.models import Kind

register = template.Library()


@register.filter
def moment(at: datetime | None) -> str:
    """Return a day and time in words of the reader's language, such as 3月5日 17:30."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{day(at)} {formats.time_format(local.time(), 'H:i')}"


@register.filter
def day(at: datetime | None) -> str:
    """Return a day in words, with the year where it is not this one."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    this_year = local.year == timezone.localdate().year
    said = _("j F") if this_year else _("j F Y")  # Translators: Django's date format
    return formats.date_format(local, said)


@register.simple_tag
def due_in_words(due: datetime | None, now: datetime) -> str:
    """Return by when something is due as people say it: today, tomorrow, a day; past the date so."""
    if due is None:
        return ""
    if due < now:
        return _("was due %(when)s") % {"when": moment(due)}
    local, today = timezone.localtime(due), timezone.localtime(now).date()
    clock = f"{local:%H:%M}"
    match (local.date() - today).days:
        case 0:
            return _("today before %(clock)s") % {"clock": clock}
        case 1:
            return _("tomorrow before %(clock)s") % {"clock": clock}
    left = work_days_left(now, due)
    return ngettext(
        "before %(when)s, %(n)d work day left", "before %(when)s, %(n)d work days left", left
    ) % {"when": moment(due), "n": left}


def work_days_left(now: datetime, due: datetime) -> int:
    """Return how many working days begin between two moments."""
    days = default_days()
    today, last = now.astimezone(days.zone).date(), due.astimezone(days.zone).date()
    return sum(today.toordinal() < n <= last.toordinal() for n in days.work)


@register.simple_tag
def limit_in_words(kind: Kind, *, urgent: bool = False) -> str:
    """Return within which time a kind is answered, such as “within 5 work days”."""
    limit = kind.limit(urgent=urgent)
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

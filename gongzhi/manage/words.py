"""How a rule of time is told on these pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from gongzhi.deadlines.clocks import Sense, limit_of
from gongzhi.deadlines.models import Rule
from gongzhi.deadlines.words import LENGTHS, length

# What laws count besides time: as a unit, and as so many of it.
NO_LENGTHS: dict[str, tuple[Promise, Promise]] = {
    "person": (gettext_lazy("persons"), ngettext_lazy("%(n)d person", "%(n)d persons", "n")),
    "second": (gettext_lazy("seconds"), ngettext_lazy("%(n)d second", "%(n)d seconds", "n")),
    "promptly": (gettext_lazy("promptly"), gettext_lazy("promptly")),
}
SENSES: dict[str, Promise] = {
    Sense.AT_MOST: gettext_lazy("at the latest by then"),
    Sense.AT_LEAST: gettext_lazy("not before then"),
    Sense.BEFORE: gettext_lazy("so long before an event"),
}


def limit_words(rule: Rule) -> str:
    """Return the limit of a rule in words, such as “at least 15 calendar days”."""
    if rule.unit not in LENGTHS:
        return str(NO_LENGTHS[rule.unit][1] % {"n": rule.value})
    said = length(rule.limit)
    match rule.sense:
        case Sense.AT_LEAST:
            return _("at least %(length)s") % {"length": said}
        case Sense.BEFORE:
            return _("%(length)s before") % {"length": said}
        case _other:
            return said


def more_words(rule: Rule) -> str:
    """Return in words by how much a clock of a rule may be extended, if at all."""
    return length(limit_of(rule.more_value, rule.more_unit)) if rule.more_value else ""

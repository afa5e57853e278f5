"""Long lists to choose from, drawn in one go: option by option a template takes twenty times that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
Choice = tuple[object, object]


@register.filter
def options(choices: Iterable[Choice], chosen: object = "") -> SafeString:
    """Return the options of a select: of each value its label, of a group what is in it."""
    return mark_safe("".join(_option(value, label, str(chosen)) for value, label in choices))


def _option(value: object, label: object, chosen: str) -> str:
    if isinstance(label, Mapping):
        within = "".join(_option(code, name, chosen) for code, name in label.items())
        return f'<optgroup label="{escape(value)}">{within}</optgroup>'
    selected = " selected" if str(value) == chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'

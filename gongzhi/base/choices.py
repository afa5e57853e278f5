"""How a field with many choices is drawn: as Django draws it, but not with a template for each choice.

By templates, the kinds of matters alone were more than half of what the page costs on which everybody raises one.
"""

from __future__ import annotations

from typing import Any

from django.forms import Select
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe


class Renderer(DjangoTemplates):
    """Draws forms: lists of choices here, everything else by Django's templates."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """Return what Django's template of that name gives."""
        if template_name == Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: dict[str, Any]) -> SafeString:
    parts: list[str] = [format_html('<select name="{}"{}>', widget["name"], _attributes(widget))]
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(format_html('\n  <optgroup label="{}">', localize(group)))
        for one in options:
            value, label = one["value"], conditional_escape(localize(one["label"]))
            parts.append(
                f'\n  <option value="{_escaped(value)}"{_attributes(one)}>{label}</option>\n'
            )
        if group:
            parts.append("\n  </optgroup>")
    return mark_safe("".join([*parts, "\n</select>"]))


def _attributes(widget: dict[str, Any]) -> SafeString:
    told = (
        f" {conditional_escape(name)}" + ("" if value is True else f'="{_escaped(value)}"')
        for name, value in widget["attrs"].items()
        if value is not False
    )
    return mark_safe("".join(told))


def _escaped(value: Any) -> str:
    return conditional_escape(value if isinstance(value, str) else str(value))

"""The parts of a row, drawn from patterns: fifty rows have but a few kinds of each."""

from __future__ import annotations

from functools import cache, lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.desk.queries import Row
from gongzhi.desk.rules import BUTTONS

register = template.Library()

AT_ONCE = (
    '<button class="button button--small" name="version" value="{{version}}"'
    ' formaction="{{url}}{}/" data-row-key="{}">{}<kbd aria-hidden="true">{}</kbd>'
    '<span class="visually-hidden"> {{number}}</span></button>'
)
IN_WORDS = (
    '<a class="button button--quiet button--small" href="{{url}}{}/{{tab}}" data-row-key="{}">{}'
    '<kbd aria-hidden="true">{}</kbd><span class="visually-hidden"> {{number}}</span></a>'
)


MARK = '<span class="state tone-{}"><svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>{}</span>'
DUE = (
    '<span class="due tone-{}" title="{}"><svg class="icon" aria-hidden="true">'
    '<use href="{}#{}"></use></svg>{}</span>'
)
BOUNCES = (
    ' <span class="bounces tone-soon" title="{}"><svg class="icon" aria-hidden="true">'
    '<use href="{}#arrow-back-up"></use></svg>{}<span class="visually-hidden"> {}</span></span>'
)


@cache
def icons() -> str:
    """Return the address of the icons."""
    return static("base/vendor/tabler/icons.svg")


@register.filter
def state_mark(row: Row) -> SafeString:
    """Return the state of a row with its icon."""
    return _mark(row.tone, row.icon, str(row.state_label))


@lru_cache(maxsize=128)
def _mark(tone: str, icon: str, label: str) -> SafeString:
    return format_html(MARK, tone, icons(), icon, label)


@register.filter
def due_mark(row: Row) -> SafeString:
    """Return when a row is due, with its icon."""
    due = row.due
    if not due.words:
        return mark_safe("")
    return format_html(DUE, due.tone, due.exact, icons(), due.icon, due.words)


@register.filter
def flags(row: Row) -> SafeString:
    """Return what stands before a title: danger, urgent."""
    if row.danger:
        return _mark("overdue", "flame", _("danger")) + mark_safe(" ")
    return _mark("overdue", "urgent", _("urgent")) + mark_safe(" ") if row.urgent else mark_safe("")


@register.filter
def bounces(row: Row) -> SafeString:
    """Return how often a row was sent back, where it was."""
    said = _("times sent back")
    return format_html(BOUNCES, said, icons(), row.bounces, said) if row.bounces else mark_safe("")


@register.simple_tag
def row_moves(row: Row, url: str, tab: str) -> SafeString:
    """Return the buttons of a row's moves; ``url`` is the address of matters, ``tab`` the query."""
    if not row.moves:
        return mark_safe("")
    pattern = _pattern(tuple(move.name for move in row.moves), get_language() or "")
    moved = f"task/{row.task.pk}" if row.task else str(row.pk)
    version = row.task.version if row.task else row.version
    return format_html(pattern, url=f"{url}{moved}/", version=version, number=row.number, tab=tab)


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...], _language: str) -> str:
    drawn = format_html_join(
        "",
        "{}",
        (
            (format_html(AT_ONCE if m.at_once else IN_WORDS, m.name, m.key, m.label, m.key),)
            for m in (BUTTONS[name] for name in names)
        ),
    )
    return f'<span class="row-moves">{drawn}</span>'

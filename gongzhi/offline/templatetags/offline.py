from __future__ import annotations

from django import template

from gongzhi.accounts.models import Staff
from gongzhi.offline import queries

register = template.Library()


@register.simple_tag
def device_owner(who: Staff) -> str:
    """Return by what a device knows whose pages and acts it keeps."""
    return queries.owner(who)

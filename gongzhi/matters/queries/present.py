"""Who has a matter open."""

from __future__ import annotations

from datetime import datetime, timedelta

from gongzhi.accounts.models import Staff
from gongzhi.matters.models import Matter, Presence

PRESENT_FOR = timedelta(seconds=60)  # after the last sign that a page is open: three heartbeats


def others_present(matter: Matter, by: Staff, at: datetime) -> list[str]:
    """Return the names of the colleagues who have the matter open now, but ``by`` (one query)."""
    rows = Presence.objects.filter(matter=matter, at__gt=at - PRESENT_FOR).exclude(user=by.id)
    return [row.user.name for row in rows.select_related("user").order_by("user__name_zh", "id")]

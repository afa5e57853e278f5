"""Where errands plug into the spine: a panel on the page of a matter, and the demo."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.errands import queries, words
from gongzhi.errands.actions import plant
from gongzhi.errands.states import Sort
from gongzhi.matters.businesses import Business, Panel
from gongzhi.matters.models import Matter

TOLD = {f"errand_{sort}" for sort in Sort.values}  # in the history of a matter with errands


def panel(matter: Matter, to: Staff, at: datetime) -> Panel | None:
    """Return what was asked for on the spot, and what ``to`` may ask for.

    No query where nothing was asked for, but for whether an inspector is of an office on it.
    """
    asks = queries.offered(matter, to)
    errands = queries.of_matter(matter, to, at) if matter.verbs & TOLD else []
    if not asks and not errands:
        return None
    running = {one.errand.sort for one in errands if one.errand.is_open} - {Sort.DELIVER}
    buttons = [(sort, words.ASK[sort], words.ICONS[sort]) for sort in asks if sort not in running]
    return Panel("errands/_panel.html", {"errands": errands, "asks": buttons, "matter": matter})


ERRANDS = Business("errands", _("Grid tasks"), panel=panel, plant=plant)

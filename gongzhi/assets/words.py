"""How the history of an asset reads, and why a code opens nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.assets.states import Condition
from gongzhi.audit.models import Entry
from gongzhi.matters.words.history import who

# A label holds an address: of the form with a place, or of the page of a thing.
_LABEL = re.compile(r"(?:place=|asset=|/a/|^)(\d{6,24})(?:\D|$)")
VERBS = {
    "asset.add": gettext_lazy("Put into the register"),
    "asset.change": gettext_lazy("What is said of it was changed"),
    "asset.link": gettext_lazy("A matter was raised about it"),
    "asset.look": gettext_lazy("Looked at: as it was"),
    "asset.damage": gettext_lazy("It is damaged"),
    "asset.lose": gettext_lazy("It is lost"),
    "asset.mend": gettext_lazy("It is in order again"),
    "asset.retire": gettext_lazy("Taken out of use"),
    "asset.put_back": gettext_lazy("Put back into use"),
}
TONES: dict[str, str] = {
    Condition.IN_ORDER: "done",
    Condition.DAMAGED: "soon",
    Condition.LOST: "overdue",
    Condition.OUT_OF_USE: "closed",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a history; of who raised a matter nothing is known here."""

    at: datetime
    label: str
    by: str
    look_on: str


def story(entries: Iterable[Entry]) -> list[Step]:
    """Return the history of an asset, the latest first."""
    return [
        Step(
            one.at,
            str(VERBS.get(one.verb, one.verb)),
            "" if one.verb == "asset.link" else who(one.told.get("by", "")),
            one.facts.get("look_on", ""),
        )
        for one in reversed(list(entries))
    ]


def why_not(*, is_code: bool, is_here: bool, is_retired: bool) -> str:
    """Return why a code opens no form, and what to do instead."""
    if not is_code:
        return _("This is no code of a thing: a code has 16 digits. Scan the label again.")
    if is_retired:
        return _(
            "This thing is out of use. If it is in the way or dangerous, raise it with the place "
            "where it stands."
        )
    if not is_here:
        return _(
            "This code belongs to another district, which we cannot reach from here. Call 12345 "
            "there; if the thing stands in our district, raise it with the place."
        )
    return _(
        "No thing of ours has this code; perhaps the label is old. Raise it with the place where "
        "it stands."
    )


def code_in(typed: str) -> str:
    """Return the digits that a label stands for, typed or scanned, or "" where there are none."""
    plain = "".join(unicodedata.normalize("NFKC", typed).split())
    found = _LABEL.search(plain)
    return found.group(1) if found else ""

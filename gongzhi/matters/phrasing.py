"""Standard phrases: for which moves, with which variables, and what a text becomes of them.  Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# The moves whose words the requester reads, with the fields that a phrase fills.
FIELDS: dict[str, tuple[str, ...]] = {
    "refuse": ("reason", "remedy"),
    "ask": ("question",),
    "handle": ("words",),
    "answer": ("words",),
    "settle": ("words",),
    "extend": ("reason",),
    "defer": ("reason",),
    "rework": ("reason",),
    "force_close": ("reason", "remedy"),
}
VARIABLES: dict[str, str | Promise] = {
    "number": gettext_lazy("number of the matter"),
    "kind": gettext_lazy("what kind of matter it is"),
    "place": gettext_lazy("community or village"),
    "office": gettext_lazy("office in charge"),
    "phone": gettext_lazy("telephone of the office"),
    "ground": gettext_lazy("legal ground"),
    "received": gettext_lazy("day on which it came in"),
    "due": gettext_lazy("day by which an answer is promised"),
    "today": gettext_lazy("today"),
}
LONGEST, LONGEST_BESIDE_A_REMEDY = 1000, 500  # what the moves take
GAP = "____"  # what a person has still to fill in
_GAP = re.compile("_{2,}|＿+")
_BRACED = re.compile(r"\{([^{}]*)\}")
_WIDE = str.maketrans("｛｝", "{}")  # which a Chinese keyboard gives


def tidy(text: str) -> str:
    """Return ``text`` with the braces that variables stand in."""
    return text.translate(_WIDE)


def check(text: str) -> None:
    """Refuse what cannot be filled in.

    :raises ValidationError: names a variable that there is none of, and those there are; or says
        that a brace has no partner
    """
    known = ", ".join(f"{{{name}}}" for name in VARIABLES)
    for name in _BRACED.findall(text):
        if name not in VARIABLES:
            raise ValidationError(
                _("There is no variable {%(name)s}. Those there are: %(known)s.")
                % {"name": name, "known": known}
            )
    if set(_BRACED.sub("", text)) & set("{}"):
        raise ValidationError(
            _("A brace stands alone: write a variable between two, such as {number}.")
        )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with its variables filled in; a gap where a matter has no such value."""
    return _BRACED.sub(lambda found: values.get(found[1]) or GAP, text)


def has_gap(text: str) -> bool:
    """Return whether something in ``text`` has still to be filled in."""
    return bool(_GAP.search(text))

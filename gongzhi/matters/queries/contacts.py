"""How to reach who raised a matter: masked, or as it was left."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongzhi.base.seal import unseal
from gongzhi.matters.models import Matter

MASK = "••••••"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a contact: which it is, its label and what is shown of it."""

    name: str
    label: str
    value: str


def contact_labels() -> dict[str, str]:
    """Return the labels of the parts of a contact, in their order."""
    return {"name": pgettext("person", "Name"), "phone": _("Telephone"), "email": _("E-mail")}


def contact(matter: Matter, *, shown: bool) -> list[Part]:
    """Return the parts of the contact that there are, masked unless ``shown``: no query."""
    requester = getattr(matter, "requester", None)
    if requester is None or not requester.sealed:
        return []
    known = unseal(bytes(requester.sealed), matter.pk.hex)
    return [
        Part(name, label, str(known[name]) if shown else MASK)
        for name, label in contact_labels().items()
        if known.get(name)
    ]

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongzhi.accounts.queries import offices
from gongzhi.hazards import queries
from gongzhi.hazards.models import Level
from gongzhi.hazards.queries import Asked
from gongzhi.hazards.states import State
from gongzhi.places.queries import by_code, coarse

Choices = list[tuple[Any, Any]]


class AskForm(forms.Form):
    """What the list and the map are narrowed to; what is nonsense narrows nothing."""

    level = forms.CharField(label=pgettext_lazy("hazard", "Level"), required=False)
    kind = forms.CharField(label=gettext_lazy("Kind of hazard"), required=False)
    place = forms.CharField(label=gettext_lazy("Place"), required=False)
    office = forms.CharField(label=gettext_lazy("Responsible office"), required=False)
    state = forms.CharField(label=gettext_lazy("State"), required=False)
    listed = forms.BooleanField(label=gettext_lazy("Listed for supervision"), required=False)

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on = on
        self.kinds = {row.code: row for row in queries.kinds()}
        self.known = {one.code: one for one in offices().values() if one.is_active}

    def choices(self) -> dict[str, Choices]:
        """Return what each select offers."""
        return {
            "levels": list(Level.choices),
            "kinds": [(code, row.name) for code, row in self.kinds.items()],
            "areas": [(place.code, place.name) for place in coarse(self.on)],
            "offices": sorted((code, one.name) for code, one in self.known.items()),
            "states": self._states(),
        }

    def _states(self) -> Choices:
        return [("open", _("All that are open")), ("overdue", _("Overdue")), *State.choices]

    def asked(self) -> Asked:
        """Return what is asked for."""
        self.is_valid()
        said = self.cleaned_data
        known = {value for value, _label in self._states()}
        return Asked(
            level=said["level"] if said.get("level") in Level.values else "",
            kind=self.kinds.get(said.get("kind", "")),
            place=by_code(said["place"], self.on) if said.get("place") else None,
            office=self.known.get(said.get("office", "")),
            state=said["state"] if said.get("state") in known else "",
            listed=bool(said.get("listed")),
        )

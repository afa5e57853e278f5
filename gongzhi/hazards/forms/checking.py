from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongzhi.accounts.models import Staff
from gongzhi.base.fields import day, offer
from gongzhi.hazards import queries, rules
from gongzhi.hazards.models import Check, Question
from gongzhi.places.queries import by_code, coarse


class PlanForm(forms.Form):
    """A place that is to be checked every so many days."""

    checklist = forms.ChoiceField(label=pgettext_lazy("hazard", "Checklist"))
    name = forms.CharField(
        label=pgettext_lazy("hazard", "What and where"),
        max_length=80,
        help_text=gettext_lazy(
            "Such as “Eating places of the north end of River Street”. No persons."
        ),
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("The code of a place; communities are offered as you type."),
        widget=forms.TextInput(attrs={"list": "places"}),
    )
    every_days = forms.IntegerField(
        label=gettext_lazy("Every so many days"), min_value=1, max_value=366, initial=30
    )
    due_on = day(gettext_lazy("First on"))

    def __init__(self, *args: Any, to: Staff, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on = on
        self.areas = [place for place in coarse(on) if rules.may_plan(to, place.path)]
        self.lists = {str(row.pk): row for row in queries.checklists() if row.is_active}
        named = [(key, row.name) for key, row in self.lists.items()]
        offer(self, "checklist", [("", _("Choose")), *named])

    def clean_place(self) -> Any:
        """Return the place of a code."""
        if place := by_code(self.cleaned_data["place"], self.on):
            return place
        raise forms.ValidationError(_("There is no such place: choose one from the list."))

    def given(self) -> dict[str, Any]:
        """Return the arguments of the action."""
        said = self.cleaned_data
        return said | {"checklist": self.lists[said["checklist"]]}


class VisitForm(forms.Form):
    """A check: of every line whether it is so, and where not, what is there."""

    due_on = forms.DateField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, check: Check, asked: Iterable[Question], **more: Any) -> None:
        more["initial"] = {"due_on": check.due_on}
        super().__init__(*args, **more)
        self.asked = list(asked)
        for row in self.asked:
            self.fields[f"ok_{row.pk.hex}"] = forms.ChoiceField(
                label=row.text,
                widget=forms.RadioSelect,
                choices=[("yes", _("It is so")), ("no", _("It is not so"))],
            )
            self.fields[f"words_{row.pk.hex}"] = forms.CharField(
                label=_("What is there instead"), max_length=300, required=False
            )

    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of each line."""
        return [(self[f"ok_{row.pk.hex}"], self[f"words_{row.pk.hex}"]) for row in self.asked]

    def failed(self) -> dict[UUID, str]:
        """Return the lines that are not so, with words."""
        said = self.cleaned_data
        return {
            row.pk: said[f"words_{row.pk.hex}"]
            for row in self.asked
            if said[f"ok_{row.pk.hex}"] == "no"
        }

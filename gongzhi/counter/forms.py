from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.base.fields import offer
from gongzhi.counter.queries import Group
from gongzhi.places.models import Place

ACCEPTORS = "-"  # of the choice that names no office
PRIORITY = gettext_lazy("Goes first: old age, disability, pregnancy. No reason is kept.")


class QueueForm(forms.Form):
    """Which queue: the seats of an office, or of the acceptors."""

    office = forms.ChoiceField(
        label=gettext_lazy("For what"),
        error_messages={
            "invalid_choice": gettext_lazy("No seat serves this now: choose another one.")
        },
    )

    def __init__(self, *args: Any, groups: list[Group], **more: Any) -> None:
        super().__init__(*args, **more)
        self.groups = {group.key or ACCEPTORS: group for group in groups}
        named = [(key, group.office or _("Raise something")) for key, group in self.groups.items()]
        offer(self, "office", named)

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of the action."""
        said = dict(self.cleaned_data)
        return said | {"office": self.groups[said["office"]].office}


class DrawForm(QueueForm):
    priority = forms.BooleanField(label=PRIORITY, required=False)


class SeatForm(forms.Form):
    """A seat of a centre; its office serves that place."""

    place = forms.ModelChoiceField(
        Place.objects.filter(level__rank__lte=3).defer("boundary").order_by("path"),
        label=gettext_lazy("Centre"),
        to_field_name="code",
        empty_label=gettext_lazy("Choose"),
    )
    number = forms.IntegerField(
        label=gettext_lazy("Number of the seat"), min_value=1, max_value=999
    )
    office = forms.ChoiceField(label=gettext_lazy("Who serves there"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = {one.code: one for one in Office.objects.filter(is_active=True)}
        named = sorted((code, one.name) for code, one in self.known.items())
        offer(self, "office", [(ACCEPTORS, _("The acceptors")), *named])

    def given(self) -> dict[str, Any]:
        """Return the arguments of the action but for the place."""
        said = self.cleaned_data
        return {"number": said["number"], "office": self.known.get(said["office"])}

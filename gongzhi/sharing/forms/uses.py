"""Uses, and what moves under them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy

from gongzhi.base.fields import day, moment, sentences
from gongzhi.base.ids import tidy_number
from gongzhi.matters.models import Matter
from gongzhi.sharing.forms.catalogue import EMPTY
from gongzhi.sharing.models import Item, System, Theme
from gongzhi.sharing.states import UseState


class ThemeForm(forms.Form):
    """Which theme is shown to everybody."""

    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"), choices=[*EMPTY, *Theme.choices], required=False
    )


class FilterUsesForm(forms.Form):
    """Which uses are shown."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[*EMPTY, *UseState.choices], required=False
    )


class AskForm(forms.Form):
    """For which system an item is asked, and what for."""

    system = forms.ModelChoiceField(System.objects.none(), label=gettext_lazy("For which system"))
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=200,
        help_text=gettext_lazy(
            "What is done with it, so that everybody understands: it is published."
        ),
    )
    ground = forms.CharField(label=gettext_lazy("Legal ground"), max_length=300)
    article = forms.CharField(label=gettext_lazy("Article"), max_length=120, required=False)
    one_by_one = forms.TypedChoiceField(
        label=gettext_lazy("How much moves"),
        choices=[
            ("no", gettext_lazy("all entries, or many at once")),
            ("yes", gettext_lazy("one entry at a time, for that person's own matter")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    since = day(gettext_lazy("From day"))
    until = day(gettext_lazy("Until day"))

    def __init__(self, *args: Any, item: Item, systems: list[System], **more: Any) -> None:
        today = localdate()
        more["initial"] = {
            "since": today,
            "until": today + timedelta(days=365),
            "one_by_one": "yes" if item.by_person else "no",
            "ground": item.ground,
            "article": item.article,
        }
        super().__init__(*args, **more)
        keys = [one.pk for one in systems if one.pk != item.system_id]
        self.fields["system"].queryset = System.objects.filter(pk__in=keys).order_by("code")  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a use is refused or ended."""

    reason = sentences(gettext_lazy("Reason"), longest=500, rows=2)


class TransferForm(forms.Form):
    """What moved: how many and when; of one person, for which matter."""

    count = forms.IntegerField(label=gettext_lazy("How many entries"), min_value=1)
    moved_at = moment(gettext_lazy("When"))
    number = forms.CharField(
        label=gettext_lazy("Number of the person's own matter"),
        max_length=40,
        help_text=gettext_lazy("It is shown to them there, and to nobody else."),
    )

    def __init__(self, *args: Any, is_bulk: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if is_bulk:
            del self.fields["number"]
        else:
            self.fields["count"].initial = 1

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "number" in said:
            said["matter"] = find_matter(said.pop("number"))
        return said


def find_matter(number: str) -> Matter | None:
    """Return the matter with a number, if there is one; whether it may be named, the action says."""
    found = Matter.objects.select_related("kind", "place", "office").filter(
        number=tidy_number(number)
    )
    return found.first()

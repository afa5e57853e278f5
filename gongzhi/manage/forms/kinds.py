from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.accounts.queries import duties
from gongzhi.base.fields import day
from gongzhi.manage.forms.fields import few
from gongzhi.matters.models import Inspection, Kind, KindClass, Object


class KindForm(forms.Form):
    """One edition of a kind.  Its object has four choices: there is none for a person."""

    FIRST = ("kind_class", "code", "listed_on", "name_zh", "name_en", "object", "duty")

    kind_class = forms.ModelChoiceField(
        KindClass.objects.order_by("rank"), label=gettext_lazy("Class"), empty_label=None
    )
    code = forms.SlugField(
        max_length=60,
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Small letters, digits and underscores, such as street_light."),
    )
    listed_on = day(gettext_lazy("Listed from"))
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100)
    object = forms.ChoiceField(
        label=gettext_lazy("What it is about"),
        choices=Object.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Never a person, a gathering or a home."),
    )
    duty = forms.ChoiceField(label=gettext_lazy("Whose duty it is"))
    limit_value = forms.IntegerField(
        label=gettext_lazy("To be answered within"), min_value=1, max_value=999
    )
    limit_unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    urgent_value = forms.IntegerField(
        label=gettext_lazy("Where it is urgent, within"), min_value=1, max_value=999
    )
    urgent_unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    inspection = forms.ChoiceField(
        label=gettext_lazy("How the result is checked"), choices=Inspection.choices
    )
    hint_zh = few(gettext_lazy("Hint for whoever raises it, in Chinese"), 200)
    hint_en = few(gettext_lazy("Hint, in English"), 300)
    evidence = forms.CharField(
        label=gettext_lazy("Evidence required"), max_length=200, required=False
    )
    evidence_en = forms.CharField(
        label=gettext_lazy("Evidence, in English"), max_length=300, required=False
    )
    ground = few(gettext_lazy("Legal ground"), 300)
    ground_en = few(gettext_lazy("Legal ground, in English"), 400)
    keywords = few(
        gettext_lazy("Words people use for it"),
        4000,
        help_text=gettext_lazy("Parted by |. By them a message is suggested to be of this kind."),
    )
    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=30, required=False)
    public = forms.BooleanField(label=gettext_lazy("Shown on the public board"), required=False)
    settles = forms.BooleanField(
        label=gettext_lazy("A grid worker may settle it on the spot"), required=False
    )
    danger = forms.BooleanField(label=gettext_lazy("Dangerous in itself"), required=False)
    sealed = forms.BooleanField(
        label=gettext_lazy("Leaves the house only as number and state"), required=False
    )

    def __init__(self, *args: Any, last: Kind | None = None, **kwargs: Any) -> None:
        if last:
            names = self.base_fields.keys() - {"listed_on"}
            kwargs["initial"] = {name: getattr(last, name) for name in names}
        super().__init__(*args, **kwargs)
        if last:
            del self.fields["code"]
        units = Kind._meta.get_field("limit_unit").choices
        for name in ("limit_unit", "urgent_unit"):
            self.fields[name].choices = units  # type: ignore[attr-defined]
        named = ({last.duty: last.duty} if last else {}) | duties()
        self.fields["duty"].choices = named.items()  # type: ignore[attr-defined]

    def before_limits(self) -> list[forms.BoundField]:
        """Return the fields that stand above the time limits."""
        return [field for field in self if field.name in self.FIRST]

    def after_limits(self) -> list[forms.BoundField]:
        """Return the fields that stand below them."""
        limits = {"limit_value", "limit_unit", "urgent_value", "urgent_unit"}
        return [field for field in self if field.name not in {*self.FIRST, *limits}]


class DelistForm(forms.Form):
    """From when on a kind is listed no more."""

    on = day(gettext_lazy("Listed until"))

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.base.fields import day
from gongzhi.manage.forms.fields import InPlace, few
from gongzhi.matters.models import UNITS, Duty
from gongzhi.matters.queries import kind_names
from gongzhi.places.models import Level

OFFICES = Office.objects.filter(is_active=True).order_by("place__path", "code")
SEARCHABLE = {"data-searchable": ""}
UNIT = [("", gettext_lazy("as the kind")), *UNITS]


class DutyForm(forms.Form):
    """The next edition of a row; its kind, place and level stay."""

    listed_on = day(gettext_lazy("Listed from"))
    lead = forms.ModelChoiceField(
        OFFICES,
        label=gettext_lazy("Lead office"),
        empty_label=gettext_lazy("Choose"),
        widget=forms.Select(attrs=SEARCHABLE),
    )
    co_offices = forms.ModelMultipleChoiceField(
        OFFICES,
        label=gettext_lazy("Co-offices"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("Hold Ctrl to choose several."),
    )
    otherwise = forms.ModelChoiceField(
        OFFICES,
        label=gettext_lazy("Otherwise"),
        required=False,
        empty_label=gettext_lazy("nobody else"),
        widget=forms.Select(attrs=SEARCHABLE),
        help_text=gettext_lazy(
            "Whose duty it is where that of the lead ends: suggested once the lead's objection holds."
        ),
    )
    limit_value = forms.IntegerField(
        label=gettext_lazy("To be answered within"), min_value=1, max_value=999, required=False
    )
    limit_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNIT, required=False)
    urgent_value = forms.IntegerField(
        label=gettext_lazy("Where it is urgent, within"), min_value=1, max_value=999, required=False
    )
    urgent_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNIT, required=False)
    ground = few(gettext_lazy("Legal ground"), 300)
    ground_en = few(gettext_lazy("Legal ground, in English"), 400)
    evidence = few(gettext_lazy("Evidence required"), 200)
    evidence_en = few(gettext_lazy("Evidence, in English"), 300)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=160, required=False)

    LIMITS = ("limit_value", "limit_unit", "urgent_value", "urgent_unit")
    FIRST = ("kind_code", "place", "level", "listed_on", "lead", "co_offices", "otherwise")

    def __init__(self, *args: Any, last: Duty | None = None, **kwargs: Any) -> None:
        if last:
            names = self.base_fields.keys() - {"listed_on", "co_offices"}
            kwargs["initial"] = {name: getattr(last, name) for name in names} | {
                "co_offices": last.co_offices.all()
            }
        super().__init__(*args, **kwargs)

    def before_limits(self) -> list[forms.BoundField]:
        """Return the fields that stand above the time limits."""
        return [self[name] for name in self.FIRST if name in self.fields]

    def after_limits(self) -> list[forms.BoundField]:
        """Return the fields that stand below them."""
        return [field for field in self if field.name not in {*self.FIRST, *self.LIMITS}]


class NewDutyForm(DutyForm, InPlace):
    """The first edition of a row."""

    kind_code = forms.ChoiceField(label=gettext_lazy("Kind"), widget=forms.Select(attrs=SEARCHABLE))
    level = forms.ModelChoiceField(
        Level.objects.order_by("rank"),
        label=gettext_lazy("Level"),
        empty_label=None,
        help_text=gettext_lazy("Which level of government answers for it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = kind_names(self.on)
        choices = [(group, list(kinds.items())) for group, kinds in named.items()]
        self.fields["kind_code"].choices = choices  # type: ignore[attr-defined]


class FilterDutiesForm(forms.Form):
    """Which rows of the list are shown."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    office = forms.ModelChoiceField(
        Office.objects.order_by("place__path", "code"),
        label=gettext_lazy("Office"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("All offices"),
    )
    on = day(gettext_lazy("On the day"), required=False)

    def __init__(self, *args: Any, kinds: dict[str, dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [
            (group, list(some.items())) for group, some in kinds.items()
        ]
        self.fields["kind"].choices = [("", _("All kinds")), *choices]  # type: ignore[attr-defined]


class CompareForm(forms.Form):
    """Two days of the list."""

    first = day(gettext_lazy("The list of"))
    second = day(gettext_lazy("against that of"))

"""What all forms of these pages share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.manage import queries
from gongzhi.places.models import Place
from gongzhi.places.queries import on_day


def few(label: Any, most: int, **kwargs: Any) -> forms.CharField:
    """Return a field for a few sentences."""
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=most, required=False, widget=area, **kwargs)


class InPlace(forms.Form):
    """A form that names a place by its code: grids are too many for a list."""

    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=24,
        help_text=gettext_lazy("Its code; down to the community also from the list."),
        widget=forms.TextInput(
            attrs={"list": "places", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, **kwargs)
        self.wide = queries.wide(on)

    def clean_place(self) -> Place:
        code = self.cleaned_data["place"].split()[0]
        found = on_day(self.on).filter(code=code).first()
        if not found:
            raise ValidationError(_("No place has this code: %(code)s.") % {"code": code})
        return found

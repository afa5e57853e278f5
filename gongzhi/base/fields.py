"""Fields and small gestures that the forms of many apps share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MINUTE = "%Y-%m-%dT%H:%M"


def sentences(label: Any, *, rows: int = 3, longest: int = 1000, **more: Any) -> forms.CharField:
    """Return a field for a few sentences of at most ``longest`` characters."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, widget=area, **more)


def moment(label: Any, **more: Any) -> forms.DateTimeField:
    """Return a field for a day and a time, in the zone of the page."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
    return forms.DateTimeField(label=label, widget=widget, **more)


def day(label: Any, **more: Any) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


def offer(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Give the field ``name`` its choices."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def tell(form: forms.BaseForm, fault: ValidationError) -> None:
    """Show what an action refused beside the field it is about, or above the form."""
    faults = fault.error_dict if hasattr(fault, "error_dict") else {"": [fault]}
    for name, found in faults.items():
        form.add_error(name if name in form.fields else None, found)

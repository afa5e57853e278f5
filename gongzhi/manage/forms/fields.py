"""What all forms of these pages share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

DAY = {"type": "date"}


def tell(form: forms.Form, fault: ValidationError) -> None:
    """Show what an action refused beside the field it is about, or above the form."""
    faults = fault.error_dict if hasattr(fault, "error_dict") else {"": [fault]}
    for name, found in faults.items():
        form.add_error(name if name in form.fields else None, found)


def moment(label: Any) -> forms.DateTimeField:
    """Return a field for a day and a time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def day(label: Any, **kwargs: Any) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **kwargs
    )


def few(label: Any, most: int, **kwargs: Any) -> forms.CharField:
    """Return a field for a few sentences."""
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=most, required=False, widget=area, **kwargs)

"""What people write, and a pin that the draft on the device keeps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy

from gongzhi.base import text

STRIPPED = gettext_lazy("Up to 9. Where and with what they were taken is removed.")


class Words(forms.CharField):
    """Words of a person: cleaned, then measured.  The browser counts but never cuts them off."""

    def __init__(self, *, most: int, rows: int = 3, danger: bool = False, **kwargs: Any) -> None:
        given = {"rows": rows, "data-most": most} | ({"data-danger": ""} if danger else {})
        kwargs.setdefault("widget", forms.Textarea(attrs=given))
        super().__init__(**kwargs)
        said = gettext_lazy(
            "Please write at most %(limit_value)d characters; these are %(show_value)d."
        )
        self.validators.append(MaxLengthValidator(most, said))
        self.error_messages["required"] = gettext_lazy("Please write a few words.")

    def to_python(self, value: Any) -> str:
        """Return ``value`` without what cannot be read: control characters, turned directions."""
        return text.clean(str(value)) if value is not None else ""


class Pin(forms.HiddenInput):
    """A hidden field that the draft on the device keeps."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-draft-keep": "", **(attrs or {})})

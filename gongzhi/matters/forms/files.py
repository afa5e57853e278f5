"""The form that marks parts of a photo."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.matters.actions import Box

SHARE = r"\s*(\d{1,3}(?:\.\d+)?)\s*"
LINE = re.compile(f"{SHARE},{SHARE},{SHARE},{SHARE}")
WHOLE = 100


class RedactForm(forms.Form):
    """Parts of a photo, one a line: left, top, right, bottom in hundredths of its width and height."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    boxes = forms.CharField(
        label=gettext_lazy("Parts to cover"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "data-boxes": "", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Draw on the photo, or write one part a line: left, top, right, bottom in percent, "
            "such as 10, 20, 45, 60."
        ),
    )

    def clean_boxes(self) -> list[Box]:
        """Return the parts.

        :raises ValidationError: a line is none
        """
        lines = [line for line in self.cleaned_data["boxes"].splitlines() if line.strip()]
        return [_box(line) for line in lines]


def _box(line: str) -> Box:
    found = LINE.fullmatch(line)
    sides = [float(side) / WHOLE for side in found.groups()] if found else []
    if not sides or max(sides) > 1:
        raise ValidationError(
            _("“%(line)s” is no part: write four numbers from 0 to 100 with commas between.")
            % {"line": line[:40]}
        )
    return Box(*sides)

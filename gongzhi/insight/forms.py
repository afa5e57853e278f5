"""What is typed becomes keyword arguments of one action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.base.fields import sentences
from gongzhi.insight.actions import LONGEST_TODO
from gongzhi.matters.models import Kind


class JointForm(forms.Form):
    """What is to be done once for all."""

    kind = forms.ChoiceField(label=_("Kind"))
    words = sentences(
        _("What is to be done"),
        rows=4,
        longest=LONGEST_TODO,
        help_text=_("About the place and the work, never about a person."),
    )

    def __init__(self, *args: Any, kinds: Sequence[Kind], **more: Any) -> None:
        super().__init__(*args, **more)
        self.kinds = {kind.code: kind for kind in kinds}
        choices = [(code, kind.name) for code, kind in self.kinds.items()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """Return what the action takes."""
        says = self.cleaned_data
        return {"kind": self.kinds[says["kind"]], "words": says["words"]}

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from gongzhi.places.gazetteer import Here


class HereField(forms.ChoiceField):
    """Asks “is it here?” of a form that came without a place; nothing is chosen beforehand."""

    widget = forms.RadioSelect

    def __init__(self) -> None:
        said = _("Your words may speak of these. Choose one, or say above where it is.")
        super().__init__(label=_("Is it here?"), help_text=said, required=False)
        self.found: dict[str, Here] = {}

    def offer(self, found: Sequence[Here]) -> None:
        """Let one of ``found`` be chosen, or none."""
        self.found = {one.value: one for one in found}
        self.choices = [(value, str(one)) for value, one in self.found.items()]

    def clean(self, value: Any) -> Here | None:
        """Return what was chosen; ``None`` for what is not offered any more."""
        return self.found.get(str(value))

"""What the forms of moves share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from gongzhi.audit.actors import Actor
from gongzhi.mediation.models import Case, Offer, Session

Record = Case | Offer | Session


@dataclass(frozen=True, slots=True)
class About:
    """What the form of a move has to know: the record, its case, who presses, and when it is."""

    row: Record
    case: Case
    by: Actor
    at: datetime


class MoveForm(forms.Form):
    """A move; alone it needs no words, only the version of the record that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, about: About, **more: Any) -> None:
        super().__init__(*args, **more)
        self.about = about
        self.initial.setdefault("version", about.row.version)
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices and what is likely."""

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of the action."""
        return {name: said for name, said in self.cleaned_data.items() if name != "version"}

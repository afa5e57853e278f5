"""What is told of a stop and a round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.base import text
from gongzhi.base.fields import offer, sentences
from gongzhi.matters.models import LONGEST_TEXT, Kind
from gongzhi.matters.queries import catalogue, likely_kind
from gongzhi.matters.uploads import UploadsField
from gongzhi.patrol import queries
from gongzhi.patrol.actions.visiting import Seen, Told
from gongzhi.patrol.models import Checklist, Line, Stop


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a checklist with its fields; ``open`` where something is filled in or wrong."""

    line: Line
    fields: dict[str, forms.BoundField]
    open: bool


class StopForm(forms.Form):
    """One stop as one act: its code or words on what is seen there, and what is not in order.

    It is bound to the edition that its page showed: what was written is never lost to a newer one.
    """

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(
        label=gettext_lazy("Code on the label"),
        help_text=gettext_lazy("Scan it, or type its digits."),
        required=False,
        max_length=300,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "data-scan": ""}
        ),
    )
    note = sentences(
        gettext_lazy("No label? What do you see there?"), rows=2, longest=400, required=False
    )

    def __init__(
        self, *args: Any, stop: Stop, checklist: Checklist, settles: bool, at: datetime, **more: Any
    ) -> None:
        more["initial"] = {"edition": checklist.edition}
        super().__init__(*args, **more)
        self.stop, self.checklist, self.settles, self.on = stop, checklist, settles, localdate(at)
        self.asked = queries.lines(checklist)
        for line in self.asked:
            self._ask(line)

    def _ask(self, line: Line) -> None:
        code, kinds = line.code, catalogue(self.on)
        self.fields[f"wrong_{code}"] = sentences(
            gettext_lazy("What is wrong?"), rows=2, longest=LONGEST_TEXT, required=False
        )
        self.fields[f"photos_{code}"] = UploadsField(label=gettext_lazy("Photos"), later=True)
        self.fields[f"left_{code}"] = forms.BooleanField(
            label=gettext_lazy("There is none here, or I could not look"), required=False
        )
        kind = kinds.get(line.kind_code)
        if self.settles and kind and kind.settles:
            self.fields[f"done_{code}"] = sentences(
                gettext_lazy("Settled here and now? Write what you did."), rows=2, required=False
            )
            self.fields[f"after_{code}"] = UploadsField(
                label=gettext_lazy("Photos afterwards"), later=True
            )

    @property
    def rows(self) -> list[Row]:
        """Return the lines with their fields."""
        found = []
        for line in self.asked:
            ends = ("wrong", "photos", "done", "after", "left")
            names = {
                end: f"{end}_{line.code}" for end in ends if f"{end}_{line.code}" in self.fields
            }
            is_open = any(self.data.get(name) or self.errors.get(name) for name in names.values())
            found.append(Row(line, {end: self[name] for end, name in names.items()}, is_open))
        return found

    def clean(self) -> dict[str, Any]:
        """Ask for words wherever something is said not to be in order."""
        said = self.cleaned_data
        said["seen"] = []
        for line in self.asked:
            given = {end: said.get(f"{end}_{line.code}") for end in ("photos", "done", "after")}
            words = text.clean(said.get(f"wrong_{line.code}") or "")
            if not words and any(given.values()):
                self.add_error(f"wrong_{line.code}", _("Write in a few words what is wrong."))
            elif words:
                said["seen"].append(self._seen(line, words, given))
        return said

    def _seen(self, line: Line, words: str, given: dict[str, Any]) -> Seen:
        known = catalogue(self.on)
        kind: Kind | None = known.get(line.kind_code) or likely_kind(words, self.on)
        if kind is None:
            raise ValidationError(
                _("The catalogue has no kind for this yet: report it on the page “Report”.")
            )
        return Seen(
            line=line,
            words=words,
            kind=kind,
            photos=given["photos"] or (),
            settled=text.clean(given["done"] or ""),
            after=given["after"] or (),
        )

    def told(self) -> Told:
        """Return what the action takes."""
        said = self.cleaned_data
        return Told(
            checklist=self.checklist,
            code=said["code"].strip(),
            note=said["note"],
            left_out=[line.code for line in self.asked if said.get(f"left_{line.code}")],
            seen=said["seen"],
        )


class SkipForm(forms.Form):
    """Why a stop could not be visited."""

    why = sentences(gettext_lazy("Why not?"), rows=2, longest=400)


class ReasonForm(forms.Form):
    """Why a round is withdrawn."""

    reason = sentences(gettext_lazy("Why?"), rows=2, longest=200)


class HandForm(forms.Form):
    """To whom a round is handed."""

    to = forms.ChoiceField(label=gettext_lazy("Hand over to"))

    def __init__(self, *args: Any, colleagues: Sequence[Any], **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = {str(one.pk): one for one in colleagues}
        offer(self, "to", [(key, one.name) for key, one in self.known.items()])

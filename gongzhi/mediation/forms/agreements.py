"""What is typed about agreements, their terms and the court becomes keyword arguments of one action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.base.fields import day, moment, offer, sentences
from gongzhi.mediation import queries
from gongzhi.mediation.actions import Clause
from gongzhi.mediation.models import LONGEST_FACTS, LONGEST_WORDS, Agreement, Case
from gongzhi.parties.fields import DrawnField
from gongzhi.parties.models import Party


def prose(label: Any, *, longest: int = LONGEST_WORDS, **more: Any) -> forms.CharField:
    """Return a field for a few sentences that may be left empty."""
    more.setdefault("required", False)
    return sentences(label, longest=longest, **more)


class DraftForm(forms.Form):
    """What article 29 lets an agreement hold; nothing of it is compulsory."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    oral = forms.BooleanField(
        label=gettext_lazy("An oral agreement: no signatures, each party says yes"), required=False
    )
    facts = prose(gettext_lazy("Main facts of the dispute"), rows=6, longest=LONGEST_FACTS)
    dispute = prose(gettext_lazy("What is in dispute"), longest=LONGEST_FACTS)
    duties = prose(gettext_lazy("Responsibility of each party"), longest=LONGEST_FACTS)
    content = prose(gettext_lazy("What the parties agree on"), rows=6, longest=LONGEST_FACTS)
    how = prose(gettext_lazy("How it is performed"), longest=LONGEST_FACTS)

    def __init__(self, *args: Any, agreement: Agreement | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        if agreement:
            self.initial = {"version": agreement.version, **agreement.said}
            del self.fields["oral"]

    def words(self) -> dict[str, str]:
        """Return the words of the agreement."""
        apart = ("version", "oral")
        return {name: said for name, said in self.cleaned_data.items() if name not in apart}


class ClauseForm(forms.Form):
    """One term: who does what for whom until when; empty where nothing is typed."""

    owed_by = forms.ChoiceField(label=gettext_lazy("Who performs"), required=False)
    owed_to = forms.ChoiceField(label=gettext_lazy("For which party"), required=False)
    text = prose(gettext_lazy("What is performed"), rows=2)
    until = day(gettext_lazy("Until the end of"), required=False)

    def __init__(self, *args: Any, sides: list[Party], **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = {party.pk.hex: party for party in sides}
        choices = [("", "—"), *((key, party.name) for key, party in self.known.items())]
        for name in ("owed_by", "owed_to"):
            offer(self, name, choices)

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing of a term that was begun."""
        said = super().clean() or self.cleaned_data
        if any(said.values()) and not all(said.get(name) for name in self.fields):
            raise ValidationError(_("Say who does what for whom until when, or leave it empty."))
        return said

    def clause(self) -> Clause | None:
        """Return the term, None where nothing was typed."""
        said = self.cleaned_data
        if not said.get("text"):
            return None
        return Clause(
            said["text"], self.known[said["owed_by"]], self.known[said["owed_to"]], said["until"]
        )


def clause_forms(
    case: Case, agreement: Agreement | None = None, typed: Any = None
) -> forms.BaseFormSet[ClauseForm]:
    """Return the forms of the terms of an agreement, with three empty ones."""
    made = forms.formset_factory(ClauseForm, extra=3, max_num=50, absolute_max=50)
    initial = [
        {
            "owed_by": term.owed_by_id.hex,
            "owed_to": term.owed_to_id.hex,
            "text": term.text,
            "until": term.until,
        }
        for term in (queries.terms(agreement) if agreement else [])
    ]
    given = {"sides": queries.sides(case)}
    return made(typed, initial=initial, prefix="term", form_kwargs=given)


class PressForm(forms.Form):
    """A move that needs no words, only the version that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, version: int | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.case = case
        self.initial.setdefault("version", version)

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of the action."""
        return {name: said for name, said in self.cleaned_data.items() if name != "version"}


class WitnessForm(PressForm):
    signer = forms.ChoiceField(label=gettext_lazy("Who signs"))
    drawing = DrawnField()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = {party.pk.hex: party for party in queries.people(self.case)}
        offer(self, "signer", [(key, party.name) for key, party in self.known.items()])

    def clean_signer(self) -> Party:
        """Return the party."""
        return self.known[self.cleaned_data["signer"]]


class ConcludeForm(PressForm):
    drawing = DrawnField()


class SignForm(PressForm):
    """A party signs: the drawing, and the code that was sent."""

    drawing = DrawnField()
    code = forms.CharField(
        label=gettext_lazy("Code that was sent to you"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class AffirmForm(PressForm):
    code = forms.CharField(
        label=gettext_lazy("Code that was sent to you"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class MissForm(PressForm):
    note = prose(gettext_lazy("What was not done"))


class HandInForm(PressForm):
    court = forms.CharField(label=gettext_lazy("Which court"), max_length=200)
    applied_at = moment(gettext_lazy("When it was handed in"))


class TakeOnForm(PressForm):
    accepted_at = moment(gettext_lazy("When the court took it on"))
    number = forms.CharField(
        label=gettext_lazy("Number of the court"), max_length=60, required=False
    )


FORMS: dict[str, type[PressForm]] = {
    "present": PressForm,
    "witness": WitnessForm,
    "conclude": ConcludeForm,
    "discard": PressForm,
    "sign": SignForm,
    "affirm": AffirmForm,
    "receive": PressForm,
    "miss": MissForm,
    "join_in": PressForm,
    "take_back": PressForm,
    "hand_in": HandInForm,
    "take_on": TakeOnForm,
    "turn_away": PressForm,
    "lengthen": PressForm,
    "confirm": PressForm,
    "disallow": PressForm,
}

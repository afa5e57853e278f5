from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.base.fields import day, offer, sentences
from gongzhi.demands.actions import Order
from gongzhi.demands.states import Authority, Part
from gongzhi.matters.uploads import UploadsField


class EnterForm(forms.Form):
    """What a written order says."""

    matter = forms.CharField(
        label=_("Number of the matter"),
        max_length=24,
        help_text=_(
            "An order names one matter. Nobody is looked up by name, telephone or address; an order "
            "that asks for that, or for many, is not entered but sent back."
        ),
    )
    sort = forms.ChoiceField(label=_("What sort of authority"), choices=Authority.choices)
    authority = forms.CharField(label=_("Authority"), max_length=120)
    number = forms.CharField(label=_("Number of the written order"), max_length=60)
    issued_on = day(_("Issued on"))
    law = forms.CharField(label=_("Law that it rests on"), max_length=120)
    article = forms.CharField(label=_("Article"), max_length=60)
    asked = sentences(_("What it asks for, in its words"), longest=2000)
    parts = forms.MultipleChoiceField(
        label=_("What would be handed over"),
        choices=Part.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    who = forms.CharField(
        label=_("Who brought it"),
        max_length=200,
        help_text=_("Two officers with their papers, or by which official way it came."),
    )
    papers = UploadsField(label=_("The written order"))
    untold_until = day(
        _("The person must not be told before"),
        required=False,
        help_text=_("Only where a law forbids to tell them; otherwise they are told at once."),
    )
    untold_ground = forms.CharField(
        label=_("Law with its article that forbids to tell them"), max_length=200, required=False
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["papers"].required = True  # so that nobody reads that it could be left out

    def order(self) -> Order:
        """Return what the order says."""
        return Order(**{k: v for k, v in self.cleaned_data.items() if k != "matter"})


class VersionForm(forms.Form):
    """Which version the reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CheckForm(VersionForm):
    """What each of the two checks."""

    ground = forms.BooleanField(
        label=_("I read the order: the article it names lets this authority ask for this."),
        required=False,
    )
    scope = forms.BooleanField(
        label=_("No more is asked for than this one case needs."), required=False
    )


class NarrowForm(VersionForm):
    """What is left of it, and why."""

    parts = forms.MultipleChoiceField(label=_("What is left"), widget=forms.CheckboxSelectMultiple)
    reason = sentences(_("Why less"), longest=2000)

    def __init__(self, *args: Any, wanted: list[Part], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "parts", [(part.value, part.label) for part in wanted])


class ReasonForm(VersionForm):
    """Why nothing is handed over."""

    reason = sentences(
        _("Reason"),
        longest=2000,
        help_text=_("The authority is told it on paper. It can go to the people's procuratorate."),
    )


class HandForm(VersionForm):
    """Who receives it."""

    received_by = forms.CharField(
        label=_("Who receives it"),
        max_length=200,
        help_text=_("Names and numbers of the papers of those who sign for it."),
    )


class ProlongForm(VersionForm):
    """Until when a law still forbids to tell the person."""

    until = day(_("The person must not be told before"))
    ground = forms.CharField(
        label=_("Law with its article that forbids to tell them"), max_length=200
    )

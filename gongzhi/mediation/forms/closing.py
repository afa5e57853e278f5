"""What is typed about ends, openings, help, allowances and reviews becomes keyword arguments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Staff
from gongzhi.base import ids
from gongzhi.base.fields import day, moment, offer
from gongzhi.mediation import queries, rules
from gongzhi.mediation.forms.agreements import PressForm, prose
from gongzhi.mediation.forms.fields import MoveForm
from gongzhi.mediation.models import Case, Check, HelpSort, Visited, Why
from gongzhi.parties.models import Party


class AskOpeningForm(forms.Form):
    """Who asks to read a sealed file knows its number."""

    number = forms.CharField(label=gettext_lazy("Number of the case"), max_length=40)
    reason = prose(
        gettext_lazy("Why you have to read it"),
        longest=500,
        required=True,
        help_text=gettext_lazy("Its parties read this word for word."),
    )

    def __init__(self, *args: Any, by: Staff, **more: Any) -> None:
        super().__init__(*args, **more)
        self.by = by

    def clean_number(self) -> Case:
        """Return the case that is meant, among those for which they may ask."""
        tidy = ids.tidy_number(self.cleaned_data["number"])
        found = Case.objects.filter(number=tidy).first() if tidy else None
        if found is None or not rules.may_ask_opening(self.by, found):
            raise ValidationError(
                _("There is no such case for which you may ask. Check the number.")
            )
        return found


class DenyForm(PressForm):
    answer = prose(gettext_lazy("Why not"), longest=500, required=True)


class BookForm(PressForm):
    begins_at = moment(gettext_lazy("When"))
    where = forms.CharField(label=gettext_lazy("Where to come"), max_length=200)


class AskHelpForm(PressForm):
    sort = forms.ChoiceField(
        label=gettext_lazy("What would help you?"),
        choices=HelpSort.choices,
        widget=forms.RadioSelect,
    )
    words = prose(
        gettext_lazy("What should they know before?"),
        help_text=gettext_lazy(
            "Neither the other party nor the mediator reads this, or learns of it."
        ),
    )
    elsewhere = forms.BooleanField(
        label=gettext_lazy("Another office than the nearest may help me"), required=False
    )


class VisitForm(PressForm):
    visited = forms.ChoiceField(label=gettext_lazy("Who was asked"))
    result = forms.ChoiceField(label=gettext_lazy("What they said"), choices=Visited.choices)
    words = prose(gettext_lazy("In their words"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = {party.pk.hex: party for party in queries.sides(self.case)}
        known = self.known.items()
        offer(self, "visited", [(key, f"{one.name} ({_reached_by(one)})") for key, one in known])

    def clean_visited(self) -> Party:
        """Return the party."""
        return self.known[self.cleaned_data["visited"]]


def _reached_by(party: Party) -> str:
    """Return by which way alone a party may be asked; never the number or address itself."""
    reach = party.reach
    if not reach.to:
        return _("only in person")
    way = _("by telephone") if reach.to == reach.phone else _("by e-mail")
    if reach.hour_from == reach.hour_to:
        return way
    return _("%(way)s, from %(opens)d to %(closes)d o'clock only") % {
        "way": way,
        "opens": reach.hour_from,
        "closes": reach.hour_to,
    }


class ReleaseForm(PressForm):
    papers = forms.MultipleChoiceField(
        label=gettext_lazy("Papers of yours that may go on"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("What you do not choose stays here. Private talks never go on."),
    )

    def __init__(self, *args: Any, own: set[UUID], **more: Any) -> None:
        super().__init__(*args, **more)
        theirs = [p for p in queries.papers(self.case, None) if p.giver_id in own]
        offer(self, "papers", [(paper.pk.hex, paper.name) for paper in theirs])

    def clean_papers(self) -> list[UUID]:
        """Return the keys of the papers."""
        return [UUID(key) for key in self.cleaned_data["papers"]]


class PayForm(forms.Form):
    on = day(gettext_lazy("Paid on"))


class ReviewForm(PressForm):
    kept = forms.MultipleChoiceField(
        label=gettext_lazy("What was kept"),
        choices=Check.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Ticked is what dates and states already show. What is left open counts as broken."
        ),
    )
    remark = prose(gettext_lazy("Remark on the procedure, not on persons"), longest=500)


class FailForm(MoveForm):
    """Why there is no agreement, and what stands in the pack for whoever decides next."""

    why = forms.ChoiceField(label=gettext_lazy("Why it ends"), choices=Why.choices)
    dispute = prose(gettext_lazy("What is still in dispute"), required=True)
    reached = prose(gettext_lazy("What the parties do agree on"))

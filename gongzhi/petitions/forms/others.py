"""One answer to all who raise the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import offices
from gongzhi.base.fields import offer
from gongzhi.petitions.forms.fields import sentences
from gongzhi.petitions.queries import coarse
from gongzhi.petitions.readers import topics
from gongzhi.petitions.states import Result
from gongzhi.places.models import Place


class AnswerAllForm(forms.Form):
    """Which office answers whom about what, with which ground."""

    office = forms.ChoiceField(label=gettext_lazy("Your office"))
    topic = forms.ChoiceField(label=gettext_lazy("What they are about"))
    place = forms.ChoiceField(label=gettext_lazy("In which place"))
    result = forms.ChoiceField(label=gettext_lazy("The request is"), choices=Result.choices)
    text = sentences(gettext_lazy("The answer"), rows=6)
    ground = sentences(gettext_lazy("Its ground in law or policy"), rows=2, longest=500)

    def __init__(self, *args: Any, by: Staff, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        known = offices()
        self.offices = {one.code: one for pk in by.offices() if (one := known.get(pk))}
        self.places = {place.code: place for place in coarse(on)}
        offer(self, "office", [(code, office.name) for code, office in self.offices.items()])
        offer(self, "topic", [(one.code, one.name) for one in topics().values()])
        names = [(p.code, "　" * (p.path.count("/") - 1) + p.name) for p in self.places.values()]
        offer(self, "place", names)

    def clean_office(self) -> Office:
        """Return the office."""
        return self.offices[self.cleaned_data["office"]]

    def clean_place(self) -> Place:
        """Return the place."""
        return self.places[self.cleaned_data["place"]]

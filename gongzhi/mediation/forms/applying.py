"""Apply for mediation, for oneself or at a counter; change how one is reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.base.fields import offer, sentences
from gongzhi.matters.models import Matter
from gongzhi.mediation import queries
from gongzhi.mediation.actions import Application, Person
from gongzhi.mediation.actions.intake import LONGEST_STORY, LONGEST_TITLE
from gongzhi.mediation.models import How, Origin
from gongzhi.mediation.words import LANGUAGES, kinds
from gongzhi.parties.fields import ReachFields
from gongzhi.parties.reach import Reach
from gongzhi.places.queries import chain_names

MOST_OTHERS = 6


class OtherForm(ReachFields):
    """Somebody else of the dispute; whoever is not named is left out."""

    PARTY, MINE = "party", "mine"
    who = forms.ChoiceField(
        label=_("Who is it?"),
        initial=PARTY,
        choices=[
            (PARTY, _("another party of the dispute")),
            (MINE, _("somebody who acts for the applicant")),
        ],
    )
    field_order = ["who", "name", "phone", "email", "address"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("way", "hour_from", "hour_to", "minds"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Leave out the way: only they themselves choose it."""
        return self.cleaned_data


def others(data: Any = None) -> Any:
    """Return the forms for the other people, the first of which must be filled in."""
    made = forms.formset_factory(OtherForm, extra=MOST_OTHERS - 1, min_num=1, validate_min=True)
    return made(data, prefix="others")


class ApplyForm(ReachFields):
    """An application; `application` is what the action takes."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("What is the dispute about?"))
    title = forms.CharField(
        label=_("The dispute in one line"),
        max_length=LONGEST_TITLE,
        help_text=_("The other parties read this line before they say whether they consent."),
    )
    story = sentences(
        _("What happened, and what do you want?"),
        rows=6,
        longest=LONGEST_STORY,
        help_text=_("Only the committee and the mediator read this. The other parties do not."),
    )
    place = forms.ChoiceField(label=_("Where is it, or where do you live?"))
    language = forms.ChoiceField(
        label=_("Language in which to mediate"), choices=[*LANGUAGES.items()]
    )
    origin = forms.ChoiceField(label=_("Through whom it comes"), choices=Origin.choices)
    how = forms.ChoiceField(
        label=_("How they applied"),
        choices=[
            (How.COUNTER.value, How.COUNTER.label),
            (How.TELEPHONE.value, How.TELEPHONE.label),
        ],
    )
    field_order = ["form_key", "kind", "title", "story", "place", "language", "origin", "how"]

    def __init__(
        self,
        *args: Any,
        at: datetime,
        by: Staff | None = None,
        matter: Matter | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.matter = matter
        self.initial.setdefault("form_key", uuid4())
        if by is None:
            del self.fields["origin"], self.fields["how"]
        if matter:
            self.initial.update(origin=Origin.MATTER, place=queries.near(matter.chain))
        self.places = queries.places(localdate(at))
        offer(self, "kind", [("", "--"), *kinds().items()])
        choices = [(c, " ".join(chain_names(one.path))) for c, one in self.places.items()]
        offer(self, "place", [("", "--"), *choices])

    def application(self, people: list[dict[str, Any]]) -> Application:
        """Return what was applied for, with the other ``people`` as their forms gave them."""
        said = self.cleaned_data
        return Application(
            kind=said["kind"],
            title=said["title"],
            story=said["story"],
            place=self.places[said["place"]],
            people=[Person(self.reach()), *_in_order(people)],
            origin=said.get("origin") or (Origin.MATTER if self.matter else Origin.PARTY),
            how=said.get("how") or How.WEB,
            language=said["language"],
            matter=self.matter,
            form_key=said["form_key"] or uuid4(),  # without one its code would be shown nowhere
        )


def _in_order(people: list[dict[str, Any]]) -> list[Person]:
    """Return the parties first, then those who act for the applicant."""
    names = ("name", "phone", "email", "address")
    found = [
        Person(Reach(**{name: one[name] for name in names}), one["who"] == OtherForm.MINE)
        for one in people
        if one.get("name")
    ]
    return sorted(found, key=lambda person: person.acts_for_applicant)

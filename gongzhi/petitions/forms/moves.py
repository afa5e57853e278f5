"""The form of each move of a petition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import offices
from gongzhi.base.fields import day, offer
from gongzhi.matters.uploads import UploadsField
from gongzhi.parties.fields import DrawnField
from gongzhi.petitions.actions import Opinion
from gongzhi.petitions.forms.fields import sentences
from gongzhi.petitions.models import Petition
from gongzhi.petitions.queries import lower, organs
from gongzhi.petitions.readers import routes
from gongzhi.petitions.states import Longer, Result, Served
from gongzhi.petitions.words import PARTS, WANTED

MOST_DAYS = 30


class MoveForm(forms.Form):
    """A move; alone it needs no words, only the version of the petition that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, petition: Petition, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.record, self.at = petition, at
        self.initial.setdefault("version", petition.version)
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices and what is likely."""

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of the action."""
        return {name: said for name, said in self.cleaned_data.items() if name != "version"}


class OfficeForm(MoveForm):
    """A move that names an office: one of the organs that can be asked, unless said otherwise."""

    office = forms.ChoiceField()

    def prepare(self) -> None:
        self.offices = {office.code: office for office in self.offered()}
        offer(self, "office", [(code, office.name) for code, office in self.offices.items()])

    def offered(self) -> Iterable[Office]:
        """Return the offices to choose from."""
        return organs(self.record)

    def clean_office(self) -> Office:
        """Return the office."""
        return self.offices[self.cleaned_data["office"]]


class ForwardForm(OfficeForm):
    office = forms.ChoiceField(label=gettext_lazy("To which organ"))
    words = sentences(gettext_lazy("What is asked of it"))


class PassDownForm(ForwardForm):
    def offered(self) -> Iterable[Office]:
        return lower(self.record)


class KeepFromForm(OfficeForm):
    office = forms.ChoiceField(label=gettext_lazy("Which office is the report about?"))

    def offered(self) -> Iterable[Office]:
        every = (office for office in offices().values() if office.is_active)
        return sorted(every, key=lambda office: office.code)


class ReasonForm(MoveForm):
    reason = sentences(gettext_lazy("Reason"), rows=3)


class ObjectForm(MoveForm):
    reason = sentences(gettext_lazy("Why it is not your duty, in detail"), rows=3)


class WordsForm(MoveForm):
    words = sentences(gettext_lazy("In words that the petitioner reads"), rows=4)


class WhyForm(MoveForm):
    words = sentences(gettext_lazy("Why you do not agree, or what is new"), rows=4)


class DeclineForm(MoveForm):
    reason = sentences(gettext_lazy("Reason"), rows=3)
    remedy = sentences(gettext_lazy("What the petitioner can do instead"), rows=2)


class RouteForm(MoveForm):
    route = forms.ChoiceField(label=gettext_lazy("Which procedure"))
    words = sentences(gettext_lazy("Why this one, and where to turn"), rows=3)

    def prepare(self) -> None:
        names = [(one.code, one.name) for one in routes().values()]
        offer(self, "route", names)


class LinkForm(MoveForm):
    number = forms.CharField(
        label=gettext_lazy("Number under which it is in hand, as the petitioner told you"),
        max_length=40,
    )
    words = sentences(gettext_lazy("In words that the petitioner reads"), rows=2)


class ExtendForm(MoveForm):
    days = forms.IntegerField(
        label=gettext_lazy("How many days more"), min_value=1, max_value=MOST_DAYS
    )
    why = forms.ChoiceField(label=gettext_lazy("Why"), choices=Longer.choices)
    words = sentences(gettext_lazy("In words that the petitioner reads"), rows=2)


class OpinionForm(MoveForm):
    """The parts of art. 32, each wanted."""

    result = forms.ChoiceField(
        label=gettext_lazy("The request is"),
        choices=Result.choices,
        widget=forms.RadioSelect,
        error_messages={"required": WANTED},
    )
    request = sentences(PARTS["request"], rows=2, error_messages={"required": WANTED})
    facts = sentences(PARTS["facts"], rows=4, error_messages={"required": WANTED})
    opinion = sentences(PARTS["opinion"], rows=4, error_messages={"required": WANTED})
    law = sentences(PARTS["law"], rows=2, error_messages={"required": WANTED})

    def prepare(self) -> None:
        self.initial.setdefault("request", self.record.wish)

    def given(self) -> dict[str, Any]:
        return {"opinion": Opinion(**super().given())}


class HearingForm(MoveForm):
    until = day(gettext_lazy("The hearing lasts until the end of"))
    words = sentences(gettext_lazy("When and where, and who is heard"), rows=3)


class ServeForm(MoveForm):
    """From the day said here runs the petitioner's time, for good: nothing is filled in beforehand."""

    how = forms.ChoiceField(
        label=gettext_lazy("How did it arrive?"),
        choices=[("", "—"), *((way.value, way.label) for way in (Served.POST, Served.PERSON))],
    )
    on = day(gettext_lazy("On which day did it arrive?"))
    drawing = DrawnField(
        label=gettext_lazy("Handed over in person: signature of the petitioner"), required=False
    )


class AddForm(MoveForm):
    words = sentences(gettext_lazy("What do you want to add?"), rows=4)
    papers = UploadsField()


FORMS: dict[str, type[MoveForm]] = {
    "forward": ForwardForm,
    "pass_down": PassDownForm,
    "accept": WordsForm,
    "decide": OpinionForm,
    "reply": WordsForm,
    "review": OpinionForm,
    "finalize": OpinionForm,
    "serve": ServeForm,
    "uphold": ReasonForm,
    "recall_from": ReasonForm,
    "dismiss": ReasonForm,
    "object": ObjectForm,
    "ask": WordsForm,
    "extend": ExtendForm,
    "grant": WordsForm,
    "deny": WordsForm,
    "start_hearing": HearingForm,
    "end_hearing": WordsForm,
    "route": RouteForm,
    "decline": DeclineForm,
    "link": LinkForm,
    "keep_from": KeepFromForm,
    "step_aside": MoveForm,
    "ask_review": WhyForm,
    "ask_final": WhyForm,
    "contest": WhyForm,
    "add": AddForm,
    "agree_to_name": MoveForm,
    "share": MoveForm,
    "withdraw": MoveForm,
}


class ReachForm(forms.Form):
    """What for somebody looks how a person is reached."""

    purpose = forms.CharField(
        label=gettext_lazy("What do you need it for? The petitioner reads this."), max_length=120
    )

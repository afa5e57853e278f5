"""Reception days: announced, booked, recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Staff
from gongzhi.accounts.queries import offices
from gongzhi.base.fields import day, moment, offer
from gongzhi.parties.fields import ReachFields
from gongzhi.petitions import queries, rules
from gongzhi.petitions.forms.fields import sentences
from gongzhi.petitions.models import ReceptionDay, Visit


class AnnounceForm(forms.Form):
    """A reception day of one of the petition offices of who announces it."""

    office = forms.ChoiceField(label=gettext_lazy("Petition office"))
    post_zh = forms.CharField(label=gettext_lazy("Post of the official, in Chinese"), max_length=60)
    post_en = forms.CharField(
        label=gettext_lazy("Post of the official, in English"), max_length=80, required=False
    )
    where = forms.CharField(label=gettext_lazy("Where"), max_length=200)
    begins_at = moment(gettext_lazy("Begins"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes for each visitor"), min_value=5, max_value=120, initial=20
    )
    n_slots = forms.IntegerField(
        label=gettext_lazy("How many visitors"), min_value=1, max_value=40, initial=6
    )

    def __init__(self, *args: Any, by: Staff, **more: Any) -> None:
        super().__init__(*args, **more)
        some = (offices()[pk] for pk in rules.kept_by(by))
        self.offices = {office.code: office for office in some}
        offer(self, "office", [(code, office.name) for code, office in self.offices.items()])

    def reception(self) -> ReceptionDay:
        """Return the day, not stored yet."""
        said = dict(self.cleaned_data)
        office = self.offices[said.pop("office")]
        return ReceptionDay(office=office, place_id=office.place_id, **said)


class BookForm(ReachFields):
    """Who comes when, and about what."""

    slot = forms.TypedChoiceField(label=gettext_lazy("When"), coerce=int)
    words = sentences(gettext_lazy("What is it about, in a few words?"), rows=2, longest=500)
    field_order = ("slot", "words")

    def __init__(self, *args: Any, day: ReceptionDay, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        free = queries.free_slots(day, at)
        offer(self, "slot", [(n, f"{localtime(day.slot_at(n)):%H:%M}") for n in free])


class VisitForm(forms.Form):
    """A move of a visit; alone it needs no words."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, visit: Visit, **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial.setdefault("version", visit.version)

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of the action."""
        return {name: said for name, said in self.cleaned_data.items() if name != "version"}


class ComeForm(VisitForm):
    words = sentences(gettext_lazy("What the visitor said"), rows=4)
    promise = sentences(gettext_lazy("What was promised"), rows=2, required=False)
    until = day(gettext_lazy("Until when"), required=False)


class KeepForm(VisitForm):
    words = sentences(gettext_lazy("What was done; the visitor reads this"), rows=3)


VISIT_FORMS: dict[str, type[VisitForm]] = {
    "come": ComeForm,
    "miss": VisitForm,
    "keep": KeepForm,
    "cancel": VisitForm,
}

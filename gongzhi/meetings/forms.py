"""What is typed becomes keyword arguments of one action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import duties, offices_above
from gongzhi.base import ids
from gongzhi.base.fields import day, moment, offer, sentences
from gongzhi.deadlines.words import length
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import UNITS, KindClass, Matter
from gongzhi.matters.queries import whose
from gongzhi.meetings import queries, rules
from gongzhi.meetings.actions import Call, Item
from gongzhi.meetings.models import LONGEST_OUTCOME, Situation, Summons
from gongzhi.meetings.states import Sort
from gongzhi.places.models import Place

ABOUT_MATTERS = gettext_lazy(
    "About the place and the work, never about a person: every office called reads it."
)


class CallForm(forms.Form):
    """Whom to call where and when; `call` is what the action takes."""

    number = forms.CharField(label=gettext_lazy("Number of the matter"), max_length=40)
    topics = sentences(
        gettext_lazy("Agenda: one topic or number of a matter a line"), rows=4, longest=6000
    )
    begins_at = moment(gettext_lazy("When"))
    where = forms.CharField(label=gettext_lazy("Where to come"), max_length=200)
    link = forms.URLField(
        label=gettext_lazy("Address of an online meeting"),
        max_length=300,
        required=False,
        assume_scheme="https",
    )
    words = sentences(gettext_lazy("What is to be settled"), help_text=ABOUT_MATTERS)
    urgent = forms.BooleanField(
        label=gettext_lazy("Urgent: they answer within the short limit"), required=False
    )
    offices = forms.MultipleChoiceField(
        label=gettext_lazy("Offices to call"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Name at least one office.")},
    )

    def __init__(
        self,
        *args: Any,
        sort: str,
        by: Staff,
        at: datetime,
        matter: Matter | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.sort, self.by, self.at, self.matter = sort, by, at, matter
        del self.fields["number" if sort == Sort.JOINT_MEETING else "topics"]
        if matter:
            self.initial.update(number=matter.number, urgent=matter.urgent)
            if rules.is_open_to_many(matter):  # else the address may be somebody's home
                self.initial.setdefault("where", matter.address)
        self.known = {office.code: office for office in queries.offices_around(self._path())}
        self._suggest()

    def _path(self) -> str:
        return self.matter.chain if self.matter else next(iter(rules.convened(self.by)), "")

    def _suggest(self) -> None:
        """Put first whom the lists name for this matter, and why; tick those whose duty it is."""
        named, ticked = self._named(self.matter) if self.matter else ({}, [])
        self.initial.setdefault("offices", ticked)
        first = [(c, f"{self.known[c].name}: {why}") for c, why in named.items()]
        others = [(c, o.name) for c, o in self.known.items() if c not in named]
        groups = [(_("Named by the lists"), first), (_("Other offices"), others)]
        offer(self, "offices", groups if first else others)

    def _named(self, matter: Matter) -> tuple[dict[str, str], list[str]]:
        """Return why offices should come, by their codes, and those that certainly should."""
        if self.sort == Sort.CONSULTATION:
            had = {office.code for office in queries.had(matter)} & self.known.keys()
            return dict.fromkeys(sorted(had), _("has had it")), sorted(had)
        listed = queries.situations(localdate(self.at))
        duties = self._duties(matter)
        named = dict.fromkeys(sorted(duties), _("its duty"))
        for code, office in self.known.items():
            for one in queries.bound(office, matter, listed):
                why = f"{one.words} ({length(one.within)})"
                named[code] = f"{named[code]}; {why}" if code in named else why
        return named, sorted(duties)

    def _duties(self, matter: Matter) -> set[str]:
        """Return the codes of the offices to whom it should go: who leads, and who helps."""
        found = whose(matter, list(offices_above(matter.chain)), localdate(self.at))
        return {office.code for office in (found.lead, *found.helpers) if office}

    def clean_number(self) -> Matter:
        """Return the matter that is meant, among those the person may see."""
        found = find_matter(self.cleaned_data["number"], self.by)
        if found is None:
            raise ValidationError(_("There is no such matter that you may see. Check the number."))
        return found

    def clean_topics(self) -> list[Item]:
        """Return the agenda: a line that is the number of a matter stands for that."""
        lines = filter(None, map(str.strip, self.cleaned_data["topics"].splitlines()))
        return [
            Item(matter=found) if (found := find_matter(line, self.by)) else Item(topic=line)
            for line in lines
        ]

    def call(self) -> Call:
        """Return what the action takes."""
        said = self.cleaned_data
        matter = said.get("number")
        place = matter.place if matter else Place.objects.get(path=self._path())
        return Call(
            sort=self.sort,
            matter=matter,
            place=place,
            agenda=said.get("topics", ()),
            offices=[self.known[code] for code in said["offices"]],
            **{name: said[name] for name in ("words", "where", "begins_at", "link", "urgent")},
        )


def find_matter(typed: str, by: Staff) -> Matter | None:
    """Return the matter with this number, if there is one that ``by`` may see."""
    number = ids.tidy_number(typed)
    if not number:
        return None
    seen = matter_rules.visible(Matter.objects.filter(number=number), by)
    return seen.select_related("kind", "place").first()


# --- The forms of moves.


@dataclass(frozen=True, slots=True)
class About:
    """What the form of a move has to know: the record, its summons, and when it is."""

    row: models.Model
    summons: Summons
    at: datetime


class MoveForm(forms.Form):
    """A move; alone it needs no words, only the version of the record that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, about: About, **more: Any) -> None:
        super().__init__(*args, **more)
        self.about = about
        self.initial.setdefault("version", getattr(about.row, "version", None))
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices and what is likely."""

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of the action."""
        return {name: said for name, said in self.cleaned_data.items() if name != "version"}


class ReasonForm(MoveForm):
    reason = sentences(gettext_lazy("Reason"), rows=2)


class ReportForm(MoveForm):
    words = sentences(gettext_lazy("What was done"), rows=2, help_text=ABOUT_MATTERS)


class RescheduleForm(MoveForm):
    begins_at = moment(gettext_lazy("When"))
    where = forms.CharField(label=gettext_lazy("Where to come"), max_length=200)
    link = forms.URLField(
        label=gettext_lazy("Address of an online meeting"),
        max_length=300,
        required=False,
        assume_scheme="https",
    )
    reason = sentences(gettext_lazy("Reason"), rows=2)

    def prepare(self) -> None:
        for name in ("begins_at", "where", "link"):
            self.initial.setdefault(name, getattr(self.about.summons, name))


class EndForm(MoveForm):
    outcome = sentences(
        gettext_lazy("What came of it"), rows=5, longest=LONGEST_OUTCOME, help_text=ABOUT_MATTERS
    )


class ResolveForm(MoveForm):
    office = forms.ChoiceField(label=gettext_lazy("Who does it"))
    text = sentences(gettext_lazy("What is to be done"), help_text=ABOUT_MATTERS)
    until = day(gettext_lazy("Until the end of"))

    def prepare(self) -> None:
        called = self.about.summons.attendances.select_related("office__calendar")
        self.offices = {one.office.code: one.office for one in called.order_by("office__code")}
        offer(self, "office", [(code, office.name) for code, office in self.offices.items()])

    def clean_office(self) -> Office:
        """Return the office."""
        return self.offices[self.cleaned_data["office"]]


FORMS: dict[str, type[MoveForm]] = {
    "hold": MoveForm,
    "resolve": ResolveForm,
    "end": EndForm,
    "reschedule": RescheduleForm,
    "cancel": ReasonForm,
    "come": MoveForm,
    "decline": ReasonForm,
    "arrive": MoveForm,
    "report": ReportForm,
    "approve": MoveForm,
    "rework": ReasonForm,
    "entrust": MoveForm,
    "raise_matter": MoveForm,
}


# --- The call list.


class SituationForm(forms.Form):
    """One edition of a row of the call list."""

    code = forms.SlugField(
        max_length=60,
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Small letters, digits and underscores, such as street_light."),
    )
    bound = forms.ChoiceField(label=gettext_lazy("Who must come"))
    kind_class = forms.ModelChoiceField(
        KindClass.objects.order_by("rank"),
        label=gettext_lazy("For matters of the class"),
        required=False,
        empty_label=gettext_lazy("All classes"),
    )
    words_zh = forms.CharField(label=gettext_lazy("Situation in Chinese"), max_length=200)
    words_en = forms.CharField(
        label=gettext_lazy("Situation in English"), max_length=300, required=False
    )
    within_value = forms.IntegerField(
        label=gettext_lazy("On the spot within"), min_value=1, max_value=999
    )
    within_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNITS)
    ground_zh = forms.CharField(label=gettext_lazy("Ground in Chinese"), max_length=300)
    ground_en = forms.CharField(
        label=gettext_lazy("Ground in English"), max_length=400, required=False
    )
    listed_on = day(gettext_lazy("Listed from"))

    SAME = [
        "kind_class",
        "words_zh",
        "words_en",
        "within_value",
        "within_unit",
        "ground_zh",
        "ground_en",
    ]

    def __init__(self, *args: Any, last: Situation | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        if last:
            del self.fields["code"]
            self.initial = {name: getattr(last, name) for name in self.SAME}
            self.initial["bound"] = f"office:{last.office_id}" if last.office_id else last.duty
        offices = list(Office.objects.filter(is_active=True).order_by("code"))
        self.known = {f"office:{office.pk}": office for office in offices}
        single = [(key, office.name) for key, office in self.known.items()]
        groups = [(_("Whoever has the duty"), list(duties().items())), (_("One office"), single)]
        offer(self, "bound", groups)

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of the action."""
        said = dict(self.cleaned_data)
        bound = said.pop("bound")
        office = self.known.get(bound)
        return said | {"office": office, "duty": "" if office else bound}


class DelistForm(forms.Form):
    on = day(gettext_lazy("Listed until"))

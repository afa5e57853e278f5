"""What somebody raises, at the portal, at the petition office or through a proxy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import offices
from gongzhi.base.fields import offer
from gongzhi.matters.receipts import phone
from gongzhi.matters.uploads import UploadsField
from gongzhi.parties.fields import DrawnField, ReachFields
from gongzhi.parties.reach import Reach
from gongzhi.petitions.actions import Given
from gongzhi.petitions.forms.fields import sentences
from gongzhi.petitions.queries import coarse
from gongzhi.petitions.readers import topics
from gongzhi.petitions.rules import may_file_at
from gongzhi.petitions.states import Sort, Way
from gongzhi.places.models import Place

WAYS = (Way.LETTER, Way.TELEPHONE, Way.VISIT)


class RaiseForm(ReachFields):
    """A petition by whoever raises it; `petition` is what the action takes."""

    sort = forms.ChoiceField(
        label=gettext_lazy("What do you come with?"),
        choices=Sort.choices,
        initial=Sort.CLAIM,
        widget=forms.RadioSelect,
    )
    topic = forms.ChoiceField(label=gettext_lazy("What is it about?"))
    place = forms.ChoiceField(label=gettext_lazy("Which place is it about?"))
    text = sentences(
        gettext_lazy("What happened, and why?"),
        rows=8,
        help_text=gettext_lazy("Facts and reasons, in your own words. Nobody marks your style."),
    )
    wish = sentences(gettext_lazy("What do you ask for?"), rows=2, longest=1000, required=False)
    denounced = forms.ChoiceField(
        label=gettext_lazy("Which office is the report about?"),
        required=False,
        help_text=gettext_lazy(
            "Only for a report of wrongdoing. It never reaches that office, nor one above or below it."
        ),
    )
    papers = UploadsField()
    name_open = forms.BooleanField(
        label=gettext_lazy("The office that decides may know my name"),
        required=False,
        help_text=gettext_lazy(
            "If you leave this empty, the office reads your words only; the petition office passes "
            "questions on. You can agree later."
        ),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    field_order: tuple[str, ...] = ("sort", "topic", "place", "text", "wish", "denounced", "papers")

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        more["initial"] = {"form_key": uuid4()} | (more.get("initial") or {})
        super().__init__(*args, **more)
        self.places = {place.code: place for place in self.offered(on)}
        self.offices = {office.code: office for office in offices().values() if office.is_active}
        offer(self, "topic", [("", "—"), *((t.code, t.name) for t in topics().values())])
        offer(self, "place", [("", "—"), *self._areas()])
        names = [(code, office.name) for code, office in sorted(self.offices.items())]
        offer(self, "denounced", [("", _("none")), *names])

    def offered(self, on: date) -> Iterable[Place]:
        """Return the places that it can be about."""
        return coarse(on)

    def _areas(self) -> list[tuple[str, str]]:
        return [(p.code, "　" * (p.path.count("/") - 1) + p.name) for p in self.places.values()]

    def clean_place(self) -> Place:
        """Return the place."""
        return self.places[self.cleaned_data["place"]]

    def clean_denounced(self) -> Office | None:
        """Return the office that the report is about."""
        return self.offices.get(self.cleaned_data["denounced"])

    def petition(self) -> Given:
        """Return what was raised."""
        said = self.cleaned_data
        names = ("sort", "topic", "place", "text", "wish", "papers", "form_key")
        denounced = said["denounced"] if said["sort"] == Sort.DENUNCIATION else None
        given = {name: said[name] for name in names}
        name_open = said.get("name_open", False)
        return Given(**given, denounced=denounced, name_open=name_open, reach=self.reach())


class RegisterForm(RaiseForm):
    """What came by letter, by telephone or in person, as the petition office writes it down."""

    came_by = forms.ChoiceField(
        label=gettext_lazy("How did it come?"), choices=[(way.value, way.label) for way in WAYS]
    )
    representatives = sentences(
        gettext_lazy("Who speaks for many: one name a line, with a telephone number after it"),
        rows=3,
        required=False,
    )
    field_order = ("came_by", *RaiseForm.field_order)

    def petition(self) -> Given:
        """Return what was raised."""
        said = self.cleaned_data
        ways = {"way": said["came_by"], "representatives": said["representatives"]}
        return replace(super().petition(), **ways)

    def clean_representatives(self) -> list[Reach]:
        """Return who speaks for many.

        :raises ValidationError: what stands after a name is no telephone number
        """
        lines = filter(None, map(str.strip, self.cleaned_data["representatives"].splitlines()))
        return [_speaker(line) for line in lines]


def _speaker(line: str) -> Reach:
    """Return who is meant by a line such as “李明 13800138000”."""
    name, *rest = line.split(maxsplit=1)
    return Reach(name=name, phone=phone(rest[0]) if rest else "")


class ReceiveForm(RegisterForm):
    """What came to an organ directly, as its own desk writes it down."""

    office = forms.ChoiceField(label=gettext_lazy("To which office did it come?"))
    field_order = ("office", *RegisterForm.field_order)

    def __init__(self, *args: Any, own: Sequence[Office], **more: Any) -> None:
        super().__init__(*args, **more)
        self.own = {office.code: office for office in own}
        offer(self, "office", [(code, office.name) for code, office in self.own.items()])

    def clean_office(self) -> Office:
        """Return the office."""
        return self.own[self.cleaned_data["office"]]


class FileForm(RaiseForm):
    """What a proxy files for somebody who cannot, with their consent and signature."""

    consent = forms.BooleanField(
        label=gettext_lazy(
            "The petitioner heard this read aloud, agrees with every word, and wants me to file it"
        )
    )
    drawing = DrawnField(label=gettext_lazy("Signature of the petitioner"))

    def __init__(self, *args: Any, by: Staff, **more: Any) -> None:
        self.by = by
        super().__init__(*args, **more)

    def offered(self, on: date) -> Iterable[Place]:
        return (place for place in coarse(on) if may_file_at(self.by, place))


class SignForm(ReachFields):
    """Whoever signs a petition beside who raised it."""


class FromVisitForm(RegisterForm):
    """What a visitor of a reception day said, as a petition; how they are reached is known."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in (*Reach.__dataclass_fields__, "came_by", "representatives", "name_open"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Return what was said: it came in person, by one visitor."""
        said = super().clean()
        return said | {"came_by": Way.VISIT, "representatives": []}

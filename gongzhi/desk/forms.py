from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongzhi.accounts.models import Held, Role, Staff
from gongzhi.accounts.queries import offices
from gongzhi.advice.danger import danger_in
from gongzhi.desk.queries import asked_of, communities, heres
from gongzhi.matters import queries
from gongzhi.matters.actions import Report
from gongzhi.matters.models import LONGEST_TEXT, Channel, Kind
from gongzhi.matters.receipts import Contact
from gongzhi.matters.uploads import UploadsField
from gongzhi.places.atlas import atlas
from gongzhi.places.fields import HereField
from gongzhi.places.gazetteer import Here
from gongzhi.places.models import Place

PHONE_SIGNS = frozenset("0123456789 +-()（）")


class IntakeForm(forms.Form):
    """What somebody says at the counter or on the telephone; `report` is what the action takes."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=gettext_lazy("How do they reach us?"),
        choices=[(c.value, c.label) for c in (Channel.COUNTER, Channel.HOTLINE)],
        initial=Channel.COUNTER,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What they say, in their own words"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "data-danger": "", "autofocus": True}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    about = forms.ChoiceField(
        label=gettext_lazy("Is this a complaint about an office or its staff?"),
        required=False,
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    urgent = forms.BooleanField(label=gettext_lazy("Urgent"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("Place"))
    address = forms.CharField(
        label=gettext_lazy("Street, number, what it is near"), max_length=200, required=False
    )
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    pin_from = forms.CharField(required=False, widget=forms.HiddenInput)
    spoken = HereField()
    occurred_at = forms.DateTimeField(
        label=gettext_lazy("When it happened"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    photos = UploadsField()
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    no_contact = forms.BooleanField(
        label=gettext_lazy("Does not wish to be contacted"), required=False
    )

    def __init__(self, *args: Any, by: Staff, at: datetime, **kwargs: Any) -> None:
        self.by, self.at, self.on = by, at, localdate(at)
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_key", uuid4())
        named = queries.kind_names(self.on)
        groups = [(group, list(kinds.items())) for group, kinds in named.items()]
        self._offer("kind", [("", _("As the words say")), *groups])
        self._offer("about", queries.complained_about())
        self.places = communities(by)
        depth = min((place.path.count("/") for place in self.places), default=0)
        listed = [(p.code, "　" * (p.path.count("/") - depth) + p.name) for p in self.places]
        self._offer("place", [("", _("Choose")), *listed])
        if self.is_bound and not self["place"].data:
            self._ask()

    def _ask(self) -> None:
        """Offer the places of the taker that the words speak of; with one chosen none is asked for."""
        field: HereField = self.fields["spoken"]  # type: ignore[assignment]
        field.offer(heres(f"{self['address'].data}\n{self['text'].data}", self.by))
        self.fields["place"].required = self["spoken"].data not in field.found

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_kind(self) -> Kind:
        """Return the kind that was chosen, else the one the words speak for."""
        if self.data.get("about"):
            return queries.complaint_kind(self.on)
        code = self.cleaned_data["kind"]
        words = self.cleaned_data.get("text", "")
        found = queries.kind(code, self.on) if code else queries.likely_kind(words, self.on)
        if found is None:
            raise ValidationError(_("Choose a kind."))
        return found

    def clean_phone(self) -> str:
        """Refuse what cannot be a telephone number."""
        typed: str = self.cleaned_data["phone"]
        if set(typed) - PHONE_SIGNS:
            raise ValidationError(
                _("This is no telephone number. Write digits, such as 13800138000.")
            )
        return typed

    def report(self) -> Report:
        """Return what the action takes; a pin says the place more exactly than the list."""
        said = self.cleaned_data
        here: Here | None = said["spoken"]
        place, pin = self._where()
        lat, lon = pin or (None, None)
        return Report(
            kind=said["kind"],
            text=said["text"],
            place=place,
            channel=Channel(said["channel"]),
            lat=lat,
            lon=lon,
            address=said["address"] or (here.name if here else ""),
            contact=Contact(said["name"], said["phone"], said["email"]),
            no_contact=said["no_contact"],
            urgent=said["urgent"],
            danger=danger_in(said["text"]),
            occurred_at=said["occurred_at"],
            photos=said["photos"],
            form_key=said["form_key"],
            about_office=queries.office_named(said["about"]),
        )

    def _where(self) -> tuple[Place, tuple[float, float] | None]:
        """Return the place, and the pin where it stands on the thing itself."""
        said = self.cleaned_data
        here: Here | None = said["spoken"]
        pin = (said["lat"], said["lon"]) if None not in (said["lat"], said["lon"]) else None
        exact = said["pin_from"] != "words"
        if here and not pin:
            pin, exact = here.pin, here.exact
        spot = atlas().locate(*pin) if pin else None
        code = said["place"] or (here.code if here else "")
        found = Place.objects.get(pk=spot.id) if spot else self._of(code)
        return found, pin if exact else None

    def _of(self, code: str) -> Place:
        return next(place for place in self.places if place.code == code)


class SaveFilterForm(forms.Form):
    """A name for a list, and whether it stands beside the piles and for whom."""

    name = forms.CharField(label=gettext_lazy("Name of the filter"), max_length=30)
    post = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)
    pinned = forms.BooleanField(
        label=gettext_lazy("Beside the piles"), required=False, initial=True
    )

    def __init__(self, *args: Any, by: Staff, **kwargs: Any) -> None:
        self.by = by
        super().__init__(*args, **kwargs)
        shared = [(str(n), shared_label(held)) for n, held in enumerate(by.posts)]
        field = self.fields["post"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("only for me")), *shared]

    def query(self) -> str:
        """Return the query of the list that is saved, made of what lists know."""
        return urlencode(asked_of(QueryDict(self.data.get("query", ""))))[:500]

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of the action."""
        said = self.cleaned_data
        held = self.by.posts[int(said["post"])] if said["post"] else None
        return {"name": said["name"], "pinned": said["pinned"], "post": held}


def shared_label(held: Held) -> str:
    """Return what a post is called when a filter is shared with all who fill it."""
    office = offices().get(held.office)
    return _("all: %(role)s") % {"role": f"{Role(held.role).label} {office or ''}".strip()}


class ReceiptForm(forms.Form):
    """The number and the code of a receipt, as the person reads them out."""

    number = forms.CharField(label=gettext_lazy("Matter number"), max_length=40)
    code = forms.CharField(
        label=gettext_lazy("Receipt code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ContactForm(forms.Form):
    """Where the person gets a one-time code: the telephone or e-mail address they left."""

    contact = forms.CharField(
        label=gettext_lazy("Telephone or e-mail"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_contact(self) -> Contact:
        """Return the one or the other."""
        typed: str = self.cleaned_data["contact"]
        return Contact(email=typed) if "@" in typed else Contact(phone=typed)


class CodeSentForm(forms.Form):
    """The six digits that the person reads out."""

    code = forms.CharField(
        label=gettext_lazy("Six-digit code"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

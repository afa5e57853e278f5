from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Staff
from gongzhi.advice.danger import danger_in
from gongzhi.assets.models import Asset
from gongzhi.assets.queries import by_code, is_here, target
from gongzhi.assets.words import code_in
from gongzhi.base import text
from gongzhi.field import queries
from gongzhi.field.rules import may_settle_at
from gongzhi.matters.actions import Report
from gongzhi.matters.models import LONGEST_TEXT, Channel, Kind, Matter
from gongzhi.matters.queries import kinds, likely_kind
from gongzhi.matters.states import SORTING
from gongzhi.matters.uploads import UploadsField
from gongzhi.places.atlas import atlas
from gongzhi.places.models import Place
from gongzhi.places.queries import on_day


@dataclass(frozen=True, slots=True)
class Group:
    """The kinds of one class, as the form shows them; ``open`` where one of them is chosen."""

    name: str
    kinds: list[Kind]
    open: bool


@dataclass(frozen=True, slots=True)
class _Pin:
    """Where somebody set the pin; half a point is none."""

    lat: float | None
    lon: float | None

    def __bool__(self) -> bool:
        return self.lat is not None and self.lon is not None


class SettleForm(forms.Form):
    """What a grid worker did about a matter that somebody raised in their grid."""

    words = forms.CharField(
        max_length=LONGEST_TEXT,
        label=gettext_lazy("What did you do?"),
        error_messages={"required": gettext_lazy("Write in a few words what you did.")},
        help_text=gettext_lazy("Whoever raised it reads this as the answer."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    before = UploadsField(label=gettext_lazy("Photos before"), later=True)
    after = UploadsField(label=gettext_lazy("Photos afterwards"), later=True)

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_open = matter.kind.settles and matter.state in SORTING

    def clean_words(self) -> str:
        said = text.clean(self.cleaned_data["words"])
        if not said:
            raise ValidationError(_("Write in a few words what you did."))
        return said


class ReportForm(forms.Form):
    """What a grid worker saw, where, of what kind; and what they did about it, if they did."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    photos = UploadsField(later=True)
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    pin_from = forms.CharField(required=False, widget=forms.HiddenInput)
    code = forms.CharField(
        required=False,
        max_length=300,
        label=gettext_lazy("Code on the label"),
        help_text=gettext_lazy("Of the place or the thing: scan it, or type its digits."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "data-scan": ""}
        ),
    )
    place = forms.ChoiceField(label=gettext_lazy("Grid"))
    address = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Street, number, what it is near"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("What do you see?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "data-danger": ""}),
        error_messages={"required": gettext_lazy("Please write a few words.")},
    )
    kind = forms.ChoiceField(required=False, label=gettext_lazy("What is it about?"))
    settled = forms.ChoiceField(
        choices=(
            ("no", gettext_lazy("It needs an office")),
            ("yes", gettext_lazy("I have settled it here and now")),
        ),
        label=gettext_lazy("And now?"),
        widget=forms.RadioSelect,
        initial="no",
    )
    done = forms.CharField(
        max_length=LONGEST_TEXT,
        label=gettext_lazy("What did you do?"),
        error_messages={"required": gettext_lazy("Write in a few words what you did.")},
        help_text=gettext_lazy("Whoever raises the same reads this as the answer."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    after = UploadsField(label=gettext_lazy("Photos afterwards"), later=True)

    def __init__(self, *args: Any, by: Staff, at: datetime, place: str = "", **kwargs: Any) -> None:
        self.by, self.at, self.on = by, at, localdate(at)
        self.places = list(queries.places(by, self.on))
        scanned = self._scanned(place)
        if scanned and scanned not in self.places:
            self.places.insert(0, scanned)
        first = scanned or next(iter(self.places), None)
        kwargs["initial"] = {"form_key": uuid4(), "place": first.code if first else ""}
        super().__init__(*args, **kwargs)
        self.kinds = list(kinds(self.on))
        self.fields["place"].choices = [(p.code, p.name) for p in self.places]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", ""), *((k.code, k.name) for k in self.kinds)]  # type: ignore[attr-defined]

    def _scanned(self, code: str) -> Place | None:
        """Return the place of the code that hangs there, wherever it is."""
        return on_day(self.on).filter(code=code).first() if code.isdigit() else None

    @property
    def groups(self) -> list[Group]:
        """Return the kinds by class."""
        found: dict[str, list[Kind]] = {}
        for kind in self.kinds:
            found.setdefault(kind.kind_class.name, []).append(kind)
        chosen = self["kind"].value()
        return [Group(name, of, any(k.code == chosen for k in of)) for name, of in found.items()]

    def clean_text(self) -> str:
        said = text.clean(self.cleaned_data["text"])
        if not said:
            raise ValidationError(_("Please write a few words."))
        return said

    def clean(self) -> dict[str, Any]:
        """Ask for what was done where it is said to be settled, and say where that cannot be."""
        for name in ("form_key", "lat", "lon"):  # nobody sees these fields
            if self.errors.pop(name, None):
                self.cleaned_data[name] = None
        if self.cleaned_data.get("settled") == "no":
            self.errors.pop("done", None)
        said = self.cleaned_data
        if self.errors:
            return said
        kind = next((k for k in self.kinds if k.code == said["kind"]), None)
        said["of"] = kind or likely_kind(said["text"], self.on)
        said["thing"] = self._thing()
        said["where"] = self._where()
        if said["of"] is None:
            self.add_error("kind", _("Please choose what it is about."))
        elif said["settled"] == "yes":
            self._check_settled(said["of"], said["where"])
        return said

    def _check_settled(self, kind: Kind, place: Place) -> None:
        if not text.clean(self.cleaned_data["done"]):
            self.add_error("done", _("Write in a few words what you did."))
        if not kind.settles:
            said = _("“%(kind)s” goes to an office; it cannot be settled on the spot.")
            self.add_error("settled", said % {"kind": kind.name})
        if not may_settle_at(self.by, place.path):
            self.add_error("settled", _("Only in your own grid can you settle on the spot."))

    def _thing(self) -> Asset | None:
        """Return the thing whose label was read; a place that was read is the chosen one."""
        typed = self.cleaned_data["code"]
        read = target(code_in(typed), self.on) if typed else None
        if isinstance(read, Asset):
            return read
        if read:
            self.cleaned_data["read"] = read
        elif typed:
            self.add_error("code", self._why_not(code_in(typed)))
        return None

    def _why_not(self, code: str) -> str:
        if not code:
            return _(
                "This is no code of a place or a thing. Scan the label again, or leave it out."
            )
        if by_code(code):
            return _("This thing is out of use. Leave the code out and choose the place instead.")
        if not is_here(code):
            return _("This code belongs to another district. Leave it out and choose the place.")
        return _("Nothing of ours has this code now. Leave it out and choose the place instead.")

    def _where(self) -> Place:
        """Return the place of what was read, the smallest that holds the pin, else the chosen one."""
        thing: Asset | None = self.cleaned_data["thing"]
        if thing:
            return thing.place
        read: Place | None = self.cleaned_data.get("read")
        if read:
            return read
        lat, lon = self.cleaned_data["lat"], self.cleaned_data["lon"]
        spot = atlas().locate(lat, lon) if lat is not None and lon is not None else None
        found = Place.objects.filter(pk=spot.id).first() if spot else None
        return found or next(p for p in self.places if p.code == self.cleaned_data["place"])

    def report(self) -> dict[str, Any]:
        """Return what `actions.report` takes.

        A pin that the worker set on the thing is the matter's; where the device stood only found
        the grid and is dropped.
        """
        said, thing = self.cleaned_data, self.cleaned_data["thing"]
        danger, settled = danger_in(said["text"]), said["settled"] == "yes"
        spot = thing or (said["pin_from"] != "device" and _Pin(said["lat"], said["lon"]))
        seen = Report(
            kind=said["of"],
            text=said["text"],
            place=said["where"],
            channel=Channel.FIELD,
            lat=spot.lat if spot else None,
            lon=spot.lon if spot else None,
            address=said["address"] or (thing.name if thing else ""),
            urgent=bool(danger) or said["of"].danger,
            danger=danger,
            photos=() if settled else said["photos"],
            form_key=said["form_key"] or uuid4(),
        )
        if not settled:
            return {"seen": seen, "thing": thing}
        done = text.clean(said["done"])
        return {
            "seen": seen,
            "thing": thing,
            "settled": done,
            "before": said["photos"],
            "after": said["after"],
        }

"""What somebody raises."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.choices import BaseChoiceIterator
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from gongzhi.advice.danger import danger_in
from gongzhi.assets import queries as assets
from gongzhi.assets.models import Asset
from gongzhi.base.kept import kept
from gongzhi.matters import queries
from gongzhi.matters.actions import Report
from gongzhi.matters.models import LONGEST_TEXT, Channel, Kind, Object
from gongzhi.matters.receipts import Contact, phone
from gongzhi.matters.uploads import UploadsField
from gongzhi.places.fields import HereField
from gongzhi.places.gazetteer import Here, spoken_of
from gongzhi.places.models import Place
from gongzhi.portal.forms.fields import STRIPPED, Pin, Words
from gongzhi.portal.queries import where
from gongzhi.portal.queries.nearby import meant

OLDEST = timedelta(days=3660)
ROUGH = ("device", "words")  # where a pin comes from that stands only near the thing
AHEAD = timedelta(minutes=5)  # clocks of telephones differ
Choices = list[tuple[str, Any]]


class RaiseForm(forms.Form):
    """What somebody raises; `report` is what the action takes."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    scanned = forms.CharField(widget=forms.HiddenInput, required=False)
    asset = forms.CharField(widget=forms.HiddenInput, required=False)
    same = forms.CharField(widget=forms.HiddenInput, required=False)
    text = Words(
        most=LONGEST_TEXT,
        rows=5,
        danger=True,
        label=gettext_lazy("What is the matter?"),
        help_text=gettext_lazy("What happened, and what should be different? A few words will do."),
    )
    kind = forms.ChoiceField(
        required=False,
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy(
            "You can leave this: then your words decide, and a person checks it."
        ),
    )
    about = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Is this a complaint about an office or its staff?"),
        help_text=gettext_lazy(
            "Then nobody of that office, or of one above or below it, ever sees it."
        ),
    )
    photos = UploadsField(help_text=STRIPPED)
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=Pin)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=Pin)
    pin_from = forms.CharField(required=False, widget=Pin)
    place = forms.ChoiceField(required=False, label=gettext_lazy("Community or village"))
    address = Words(
        most=200,
        required=False,
        widget=forms.TextInput(attrs={"data-most": 200, "autocomplete": "off"}),
        label=gettext_lazy("Street, number, what it is near"),
    )
    spoken = HereField()
    occurred_at = forms.DateTimeField(
        required=False,
        label=gettext_lazy("When did it happen?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "invalid": gettext_lazy("Write a day and a time, such as 2026-03-05 17:30.")
        },
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("May the office reach you?"),
        choices=(
            ("no", gettext_lazy("No, I stay anonymous")),
            ("yes", gettext_lazy("Yes, here is how")),
        ),
        widget=forms.RadioSelect,
        initial="no",
        required=False,
        help_text=gettext_lazy("Either way you can follow it with your receipt code."),
    )
    name = Words(
        most=60,
        required=False,
        label=pgettext_lazy("person", "Name"),
        widget=forms.TextInput(attrs={"data-private": "", "autocomplete": "name"}),
    )
    phone = forms.CharField(
        required=False,
        label=gettext_lazy("Telephone"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        required=False,
        label=gettext_lazy("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": gettext_lazy("This is no e-mail address. Is an @ missing?")},
    )
    no_contact = forms.BooleanField(
        required=False,
        label=gettext_lazy("Send me no messages; I look myself"),
    )

    slowed: datetime | None = None  # until when nothing more is taken from this address

    def __init__(
        self,
        *args: Any,
        at: datetime,
        place: str = "",
        asset: Asset | None = None,
        **kwargs: Any,
    ) -> None:
        self.at, self.on = at, localdate(at)
        if asset:
            place = asset.place.code
            kwargs["initial"] = {"asset": asset.code, "lat": asset.lat, "lon": asset.lon}
        scanned = where.by_code(place, self.on) if place else None
        code = scanned.code if scanned else ""
        kwargs["initial"] = {
            "form_key": uuid4(),
            "scanned": code,
            "place": code,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.kinds, self.places = queries.catalogue(self.on), where.coarse(self.on)
        self.here = scanned or self._scanned()
        self.thing = asset or assets.standing(self.data.get(self.add_prefix("asset"), ""))
        language = get_language() or ""
        self.fields["kind"].choices = _kinds(self.on, language)  # type: ignore[attr-defined]
        self.fields["about"].choices = _offices(language)  # type: ignore[attr-defined]
        places = _places(self.on, language)
        self.fields["place"].choices = _first(places, self.here)  # type: ignore[attr-defined]
        if self.is_bound and not (self["place"].data or self["lat"].data):
            said = f"{self['address'].data}\n{self['text'].data}"
            self.fields["spoken"].offer(spoken_of(said))  # type: ignore[attr-defined]

    def _scanned(self) -> Place | None:
        """Return the place whose code at the place was scanned, as the hidden field says."""
        code = self.data.get(self.add_prefix("scanned"), "")
        return where.by_code(code, self.on) if code else None

    @property
    def deepest(self) -> str:
        """Return the code of the level that the map shows: the one the list ends with."""
        return (
            max((p.level for p in self.places), key=lambda level: level.rank).code
            if self.places
            else ""
        )

    @property
    def dangers(self) -> list[str]:
        """Return the codes of the kinds that are dangerous in themselves."""
        return [code for code, kind in self.kinds.items() if kind.danger]

    def clean_occurred_at(self) -> datetime | None:
        """Refuse the future, and what lies too far back for anybody to act on."""
        when: datetime | None = self.cleaned_data["occurred_at"]
        if when and when > self.at + AHEAD:
            raise ValidationError(_("The date lies in the future. When did it happen?"))
        if when and when < self.at - OLDEST:
            raise ValidationError(_("That is more than ten years ago. Is the year right?"))
        return when

    def clean_phone(self) -> str:
        """Take the telephone only where it is given to reach the person."""
        typed: str = self.cleaned_data["phone"]
        return phone(typed) if typed and self.data.get("reach") == "yes" else ""

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing: where it is, and how to reach who wants to be reached."""
        self._forgive()
        said = self.cleaned_data
        wants = said.get("reach") == "yes" and not {"phone", "email"} & set(self.errors)
        if wants and not (said.get("phone") or said.get("email")):
            self.add_error("phone", _("Write a telephone number or an e-mail address."))
        kind = self.kinds.get(said.get("kind", ""))
        own = bool(said.get("about")) or (kind and kind.object == Object.OWN_REQUEST)
        pinned = said.get("lat") is not None and said.get("lon") is not None
        told = said.get("place") or said.get("address") or said.get("spoken")
        if not (own or pinned or told or "place" in self.errors):
            self.add_error(
                "place", _("Where is it? Set the pin, choose from the list, or write the street.")
            )
        return said

    def _forgive(self) -> None:
        """Drop what cannot be read of fields that nobody sees, or that are of no use now."""
        blind = ["lat", "lon", "form_key", "scanned", "asset", "same"]
        if self.cleaned_data.get("reach") != "yes":
            blind += ["name", "phone", "email"]
        for name in blind:
            if self.errors.pop(name, None):
                self.cleaned_data[name] = "" if name in ("name", "phone", "email") else None

    def report(self) -> Report:
        """Return what was raised.

        :raises ValidationError: no kind fits and none was chosen, or there is no place at all
        """
        said = self.cleaned_data
        kind = self._kind()
        danger = danger_in(said["text"])
        place, lat, lon = self._where()
        return Report(
            kind=kind,
            text=said["text"],
            place=place,
            channel=Channel.QR if self.here or self.thing else Channel.WEB,
            lat=lat,
            lon=lon,
            address=said["address"] or (said["spoken"].name if said["spoken"] else ""),
            contact=self._contact(),
            no_contact=said["no_contact"],
            urgent=bool(danger) or (kind.danger and bool(said["kind"])),
            danger=danger,
            occurred_at=said["occurred_at"],
            photos=said["photos"],
            form_key=self._key(kind),
            about_office=queries.office_named(said["about"]),
            same=meant(said["same"], self.at),
        )

    def _kind(self) -> Kind:
        """Return the kind that was chosen, else the one the words speak of loudest."""
        said = self.cleaned_data
        if said["about"]:
            return queries.complaint_kind(self.on)
        likely = [one.label for one in queries.suggest_kind(said["text"], self.on)]
        for code in (said["kind"], *likely, settings.FALLBACK_KIND):
            if code in self.kinds:
                return self.kinds[code]
        raise ValidationError({"kind": _("Please choose what it is about.")})

    def _place(self) -> Place | None:
        """Return the place of the list, or the one whose code was scanned."""
        known = (*self.places, *([self.here] if self.here else []))
        return next((place for place in known if place.code == self.cleaned_data["place"]), None)

    def _where(self) -> tuple[Place, float | None, float | None]:
        """Return the place, and the pin where the person set one on the thing itself.

        Where the device stands, or a road runs, only serves to find the place and is dropped.  What
        nobody can place waits in the largest place: nothing is lost.
        """
        said = self.cleaned_data
        lat, lon = said.get("lat"), said.get("lon")
        here: Here | None = said["spoken"]
        exact = said["pin_from"] not in ROUGH
        if here and here.pin:
            (lat, lon), exact = here.pin, here.exact
        found = where.at_point(lat, lon) if lat is not None and lon is not None else None
        found = (
            found
            or self._place()
            or (here and where.at_path(here.path, self.on))
            or where.named_in(said["address"], self.on)
            or where.pool(self.on)
        )
        if not found:
            raise ValidationError(_("No places are set up yet. Please call the centre."))
        if lat is None or lon is None or not exact:
            return found, None, None
        return found, lat, lon

    def _contact(self) -> Contact:
        said = self.cleaned_data
        if said["reach"] != "yes":
            return Contact()
        return Contact(said["name"], said["phone"], said["email"])

    def _key(self, kind: Kind) -> UUID:
        """Return the key of this sending: the same form with other words is another matter."""
        said = self.cleaned_data
        parts: Sequence[object] = (
            said["text"],
            kind.code,
            said["place"],
            said["lat"],
            said["lon"],
            said["address"],
            said["spoken"],
            *(photo.sha256 for photo in said["photos"]),
        )
        digest = hashlib.sha256(repr(parts).encode()).hexdigest()
        return uuid5(said["form_key"] or uuid4(), digest)


class Offered(BaseChoiceIterator):
    """Choices that are in order already: fields take them as they are, without walking over them."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.choices)


@kept()
def _kinds(on: date, _language: str) -> Offered:
    groups: dict[str, Choices] = {}
    for kind in queries.catalogue(on).values():
        groups.setdefault(kind.kind_class.name, []).append((kind.code, kind.name))
    return Offered([("", _("My words decide")), *groups.items()])


@kept()
def _offices(_language: str) -> Offered:
    return Offered(queries.complained_about())


@kept()
def _places(on: date, _language: str) -> Offered:
    """Return communities grouped by what they are in, at the end the larger places themselves."""
    places = where.coarse(on)
    names = {place.pk: place.name for place in places}
    parents = {place.parent_id for place in places}
    groups: dict[str, Choices] = {}
    wide: Choices = []
    for place in places:
        if place.parent_id is None or place.pk in parents:
            wide.append((place.code, _("Somewhere in %(place)s") % {"place": place.name}))
        else:
            groups.setdefault(names.get(place.parent_id, ""), []).append((place.code, place.name))
    return Offered([("", _("Choose")), *groups.items(), (_("I do not know exactly"), wide)])


def _first(places: Offered, here: Place | None) -> Offered:
    """Return ``places`` with the one whose code was scanned before them, if it is not among them."""
    if not here:
        return places
    blank, *rest = places
    if any(code == here.code for _group, some in rest for code, _name in some):
        return places
    above = f"{here.parent.name} · " if here.parent else ""
    return Offered([blank, (here.code, f"{above}{here.name}"), *rest])

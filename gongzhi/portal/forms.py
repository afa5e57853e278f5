from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.choices import BaseChoiceIterator
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from gongzhi.advice.danger import danger_in
from gongzhi.assets import queries as assets
from gongzhi.assets.models import Asset
from gongzhi.base import text
from gongzhi.base.kept import kept
from gongzhi.deadlines.clocks import Course, Explanation, Refused, Unit, explain, limit_of
from gongzhi.deadlines.models import Rule, in_language
from gongzhi.deadlines.queries import default_days, rules_on
from gongzhi.deadlines.words import UNITS, length
from gongzhi.matters import queries
from gongzhi.matters.actions import Report
from gongzhi.matters.models import LONGEST_TEXT, Channel, FollowUp, Kind, Object
from gongzhi.matters.receipts import Contact, phone
from gongzhi.matters.uploads import UploadsField
from gongzhi.places.fields import HereField
from gongzhi.places.gazetteer import Here, spoken_of
from gongzhi.places.models import Place
from gongzhi.portal.queries import where
from gongzhi.portal.queries.nearby import meant

STRIPPED = gettext_lazy("Up to 9. Where and with what they were taken is removed.")
OLDEST = timedelta(days=3660)
ROUGH = ("device", "words")  # where a pin comes from that stands only near the thing
AHEAD = timedelta(minutes=5)  # clocks of telephones differ
Choices = list[tuple[str, Any]]


class Words(forms.CharField):
    """Words of a person: cleaned, then measured.  The browser counts but never cuts them off."""

    def __init__(self, *, most: int, rows: int = 3, danger: bool = False, **kwargs: Any) -> None:
        given = {"rows": rows, "data-most": most} | ({"data-danger": ""} if danger else {})
        kwargs.setdefault("widget", forms.Textarea(attrs=given))
        super().__init__(**kwargs)
        said = gettext_lazy(
            "Please write at most %(limit_value)d characters; these are %(show_value)d."
        )
        self.validators.append(MaxLengthValidator(most, said))
        self.error_messages["required"] = gettext_lazy("Please write a few words.")

    def to_python(self, value: Any) -> str:
        """Return ``value`` without what cannot be read: control characters, turned directions."""
        return text.clean(str(value)) if value is not None else ""


class Pin(forms.HiddenInput):
    """A hidden field that the draft on the device keeps."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-draft-keep": "", **(attrs or {})})


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


class FollowForm(forms.Form):
    """The number of a matter and its receipt code, however they are typed."""

    number = forms.CharField(
        label=gettext_lazy("Matter number"),
        help_text=gettext_lazy("Such as 260305-001-482913-K; dashes and case do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Write the number on your receipt.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Receipt code"),
        help_text=gettext_lazy("12 characters, such as K7Q4-M2XP-9TRB."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "data-private": ""}
        ),
        error_messages={"required": gettext_lazy("Write the code on your receipt.")},
    )


class ContactForm(forms.Form):
    """The telephone or e-mail address that something was raised with."""

    contact = forms.CharField(
        label=gettext_lazy("Telephone or e-mail"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-private": ""}),
        error_messages={"required": gettext_lazy("Write a telephone number or an e-mail address.")},
    )

    def clean_contact(self) -> Contact:
        """Return the one or the other."""
        typed: str = self.cleaned_data["contact"]
        if "@" not in typed:
            return Contact(phone=phone(typed))
        said = gettext_lazy("This is no e-mail address. Is something missing after the @?")
        return Contact(email=forms.EmailField(error_messages={"invalid": said}).clean(typed))


class CodeForm(forms.Form):
    """The six digits that were sent."""

    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=gettext_lazy("Six-digit code"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("Write the six digits that were sent."),
            "invalid": gettext_lazy("Write the six digits that were sent."),
        },
    )


class MoveForm(forms.Form):
    """What a requester says with a move; ``move`` is its name, ``version`` what they had seen."""

    move = ""
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def said(self) -> dict[str, Any]:
        """Return the words for the action of the move."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class AddForm(MoveForm):
    move = "add"
    words = Words(most=LONGEST_TEXT, danger=True, label=gettext_lazy("What do you want to add?"))
    photos = UploadsField(help_text=STRIPPED)


def why_not() -> forms.ChoiceField:
    """Return the field for why it is not solved."""
    return forms.ChoiceField(
        required=False,
        label=gettext_lazy("Why not?"),
        choices=[("", gettext_lazy("Choose")), *FollowUp.WhyNot.choices],
    )


class AskedForm(MoveForm):
    """What everybody is asked once the result was checked."""

    in_time = forms.TypedChoiceField(
        required=False,
        coerce=lambda said: said == "yes",
        empty_value=None,
        label=gettext_lazy("Were you answered in time?"),
        choices=(("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))),
        widget=forms.RadioSelect,
    )


class RateForm(AskedForm):
    move = "rate"
    satisfied = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label=gettext_lazy("How satisfied are you?"),
        choices=(
            (5, gettext_lazy("5 · very")),
            (4, gettext_lazy("4 · rather")),
            (3, gettext_lazy("3 · so-so")),
            (2, gettext_lazy("2 · hardly")),
            (1, gettext_lazy("1 · not at all")),
        ),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose from 1 to 5.")},
    )
    comment = Words(most=1000, rows=2, required=False, label=gettext_lazy("Anything else?"))


class ReopenForm(AskedForm):
    move = "reopen"
    why_not = why_not()
    reason = Words(most=1000, label=gettext_lazy("What is still not right?"))


class JudgeForm(RateForm):
    move = "judge"
    solved = forms.TypedChoiceField(
        label=gettext_lazy("Is it solved?"),
        choices=(
            ("yes", gettext_lazy("Yes, it is solved")),
            ("no", gettext_lazy("No, it is not solved")),
        ),
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    why_not = why_not()
    comment = Words(
        most=1000,
        rows=2,
        required=False,
        label=gettext_lazy("Anything else?"),
        help_text=gettext_lazy("If it is not solved: what is still not right?"),
    )

    def clean(self) -> dict[str, Any]:
        """Ask what is not right of whoever says that it is not solved."""
        said = super().clean() or self.cleaned_data
        if said.get("solved") is False and not said.get("comment"):
            self.add_error("comment", _("Write what is still not right."))
        return said


class LinkForm(JudgeForm):
    """What is asked by a link; once the matter is closed, only whether it is not solved after all."""

    move = "respond"

    def __init__(self, *args: Any, closed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if closed:
            self.fields.pop("solved")

    def clean(self) -> dict[str, Any]:
        """Take what is said of a closed matter as “not solved”."""
        if "solved" not in self.fields:
            self.cleaned_data["solved"] = False
        return super().clean()


class WithdrawForm(MoveForm):
    move = "withdraw"
    reason = Words(
        most=500,
        rows=2,
        required=False,
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("You need not say."),
    )


class RestoreForm(MoveForm):
    move = "restore"


MOVES: tuple[type[MoveForm], ...] = (
    AddForm,
    RateForm,
    ReopenForm,
    JudgeForm,
    WithdrawForm,
    RestoreForm,
)


def told(rule: Rule) -> str:
    """Return what a rule is about and how long it gives, such as “received: 15 calendar days”."""
    return f"{in_language(rule, 'trigger')}: {length(rule.limit)}"


class DueForm(forms.Form):
    """From when, and by which rule or how long; once it is valid, ``why`` explains the date."""

    rule = forms.ChoiceField(label=gettext_lazy("By which rule"), required=False)
    value = forms.IntegerField(
        label=gettext_lazy("Or how many"), required=False, min_value=1, max_value=3660
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("of what"), required=False, choices=[*UNITS.items()]
    )
    start = forms.DateTimeField(
        label=gettext_lazy("From when"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: Any = None, *, at: datetime) -> None:
        """Offer the rules that hold on the day of ``at``, by law."""
        self.days = default_days()
        local = at.astimezone(self.days.zone)
        super().__init__(data, initial={"start": local, "value": 5, "unit": Unit.WORK_DAY})
        self.rules = {r.code: r for r in rules_on(local.date()) if r.unit in set(Unit)}
        by_law: dict[str, Any] = {}
        for rule in self.rules.values():
            by_law.setdefault(rule.law, []).append((rule.code, told(rule)))
        choices = [("", _("none: the time below")), *by_law.items()]
        self.fields["rule"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be counted, with why."""
        super().clean()
        if self.errors:
            return self.cleaned_data
        said = self.cleaned_data
        if not said["rule"] and not said["value"]:
            self.add_error("value", _("Choose a rule, or say how long."))
            return said
        try:
            self.chosen = self.rules.get(said["rule"])
            self.why = self._explained(self.chosen)
        except Refused as refused:
            self.add_error(None, _(refused.sentence) % refused.facts)
        return said

    def _explained(self, rule: Rule | None) -> Explanation:
        said = self.cleaned_data
        limit = rule.limit if rule else limit_of(said["value"], said["unit"])
        return explain(Course(said["start"], limit), self.days, rule.cited if rule else "")


class FindGridForm(forms.Form):
    """What somebody looks for their grid by."""

    words = forms.CharField(
        label=gettext_lazy("Name of the grid or community, or an address"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

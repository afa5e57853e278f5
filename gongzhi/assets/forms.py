from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import offices
from gongzhi.assets import queries, rules
from gongzhi.assets.actions.keeping import Told
from gongzhi.assets.models import CODE, Asset, AssetClass, Major
from gongzhi.assets.queries import Asked
from gongzhi.assets.states import Condition
from gongzhi.base.fields import day, offer
from gongzhi.places.queries import by_code, coarse

Choices = list[tuple[Any, Any]]


def by_major(rows: list[AssetClass]) -> Choices:
    """Return classes in groups of their major classes."""
    groups = {
        major: [(row.code, row.name) for row in rows if row.major == major] for major in Major
    }
    return [(major.label, some) for major, some in groups.items() if some]


class AskForm(forms.Form):
    """What the list, the map and the labels are narrowed to; what is nonsense narrows nothing."""

    kind = forms.CharField(label=_("Asset class"), required=False)
    place = forms.CharField(label=_("Place"), required=False)
    condition = forms.CharField(label=_("Condition"), required=False)
    keeper = forms.CharField(label=_("Maintained by"), required=False)
    due = forms.BooleanField(label=_("Look is due"), required=False)

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on = on
        self.kinds = list(queries.classes())
        self.areas = [(place.code, place.name) for place in coarse(on)]
        self.keepers = sorted((one.code, one.name) for one in offices().values() if one.is_active)

    def choices(self) -> dict[str, Choices]:
        """Return what each select offers."""
        majors = [(major.value, major.label) for major in Major]
        minors = [(row.code, f"— {row.name}") for row in self.kinds]
        both = sorted([*majors, *minors], key=lambda pair: pair[0])
        return {
            "kinds": both,
            "areas": self.areas,
            "conditions": list(Condition.choices),
            "keepers": self.keepers,
        }

    def asked(self) -> Asked:
        """Return what is asked for."""
        self.is_valid()
        said = self.cleaned_data
        kinds = {*Major.values, *(row.code for row in self.kinds)}
        keeper = next((one for one in offices().values() if one.code == said.get("keeper")), None)
        return Asked(
            kind=said["kind"] if said.get("kind") in kinds else "",
            place=by_code(said["place"], self.on) if said.get("place") else None,
            condition=said["condition"] if said.get("condition") in Condition.values else "",
            keeper=keeper,
            due=self.on if said.get("due") else None,
        )


class AssetForm(forms.Form):
    """What is said of an asset."""

    name = forms.CharField(
        label=pgettext_lazy("thing", "Name"),
        max_length=80,
        help_text=_("What it is and where, such as “Street lamp 12, Willow Lane”. No persons."),
    )
    lat = forms.FloatField(label=_("Latitude (WGS 84)"), min_value=-90, max_value=90)
    lon = forms.FloatField(label=_("Longitude (WGS 84)"), min_value=-180, max_value=180)
    keeper = forms.ChoiceField(label=_("Maintained by"))
    owner = forms.ChoiceField(label=_("Property of"), required=False)
    look_on = day(_("Next look due"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, to: Staff, asset: Asset | None = None, **more: Any) -> None:
        if asset:
            more["initial"] = _initial(asset)
        super().__init__(*args, **more)
        self.known = {one.code: one for one in offices().values() if one.is_active}
        named = sorted((code, one.name) for code, one in self.known.items())
        mine = [(code, name) for code, name in named if rules.may_keep(to, self.known[code].pk)]
        offer(self, "keeper", mine)
        offer(self, "owner", [("", _("Not known")), *named])

    def told(self) -> Told:
        """Return what the action takes."""
        said = self.cleaned_data
        keeper: Office = self.known[said["keeper"]]
        return Told(
            name=said["name"],
            lat=said["lat"],
            lon=said["lon"],
            keeper=keeper,
            owner=self.known.get(said["owner"]),
            look_on=said["look_on"],
        )


def _initial(asset: Asset) -> dict[str, Any]:
    plain = {name: getattr(asset, name) for name in ("name", "lat", "lon", "look_on", "version")}
    owner = asset.owner.code if asset.owner else ""
    return plain | {"keeper": asset.keeper.code, "owner": owner}


class AddForm(AssetForm):
    """A new asset: its class and, where it has one already, its code."""

    asset_class = forms.ChoiceField(label=_("Asset class"))
    code = forms.RegexField(
        rf"\A\d{{{CODE}}}\Z",
        label=_("Code"),
        required=False,
        help_text=_("16 digits, if it has a code already; otherwise it gets the next free one."),
        error_messages={"invalid": _("A code has 16 digits.")},
    )

    field_order = ("asset_class", "name", "lat", "lon", "keeper", "owner", "look_on", "code")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.classes = {row.code: row for row in queries.classes() if row.is_active}
        offer(self, "asset_class", [("", _("Choose")), *by_major(list(self.classes.values()))])

    def given(self) -> dict[str, Any]:
        """Return the arguments of the action beside what is told."""
        said = self.cleaned_data
        return {"asset_class": self.classes[said["asset_class"]], "code": said["code"]}


class LookForm(forms.Form):
    """What is noted with the condition."""

    look_on = day(_("Next look due"), required=False)


class NamesForm(forms.Form):
    """What a minor class is called, and where it is from."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40)
    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    source = forms.CharField(
        label=_("Source"), max_length=120, help_text=_("Which standard or list it is from.")
    )


class ChangeClassForm(NamesForm):
    """A minor class as it stands; its code stays."""

    is_active = forms.BooleanField(label=_("New things may be of this class"), required=False)


class ClassForm(NamesForm):
    """A new minor class."""

    code = forms.CharField(
        label=_("Code"), max_length=4, help_text=_("Four digits: 01 to 05, then the number.")
    )
    field_order = ("code",)

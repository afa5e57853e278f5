from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongzhi.accounts.models import Staff
from gongzhi.base.fields import offer, sentences
from gongzhi.hazards import queries, rules
from gongzhi.hazards.actions import Told
from gongzhi.hazards.models import Matrix
from gongzhi.matters.models import Matter
from gongzhi.matters.uploads import UploadsField
from gongzhi.places.models import Place
from gongzhi.places.queries import by_code, coarse


class GradeFields(forms.Form):
    """How likely and how grave, by an edition of the matrix."""

    likelihood = forms.TypedChoiceField(
        label=gettext_lazy("How likely it is to happen"), coerce=int
    )
    severity = forms.TypedChoiceField(label=gettext_lazy("How grave it would be"), coerce=int)

    def grade_by(self, held: Matrix | None) -> None:
        """Offer the steps of an edition."""
        for name, pairs in (
            ("likelihood", held.likelihoods if held else []),
            ("severity", held.severities if held else []),
        ):
            offer(self, name, [("", _("Choose")), *enumerate(queries.steps(pairs), start=1)])


class RegisterForm(GradeFields):
    """A new hazard."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of hazard"))
    name = forms.CharField(
        label=pgettext_lazy("hazard", "What and where"),
        max_length=80,
        help_text=gettext_lazy(
            "Such as “East exit of the market in Willow Lane”. No persons, no flats."
        ),
    )
    words = sentences(
        gettext_lazy("What is dangerous about it"),
        longest=2000,
        help_text=gettext_lazy("About the place, the thing or the service; never about anybody."),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Place"),
        required=False,
        help_text=gettext_lazy("Or press on the map: the grid follows from the point."),
    )
    lat = forms.FloatField(
        label=gettext_lazy("Latitude (WGS 84)"), required=False, min_value=-90, max_value=90
    )
    lon = forms.FloatField(
        label=gettext_lazy("Longitude (WGS 84)"), required=False, min_value=-180, max_value=180
    )
    photos = UploadsField(
        label=gettext_lazy("Photos of the place"),
        help_text=gettext_lazy("Take the place, not people."),
    )

    field_order = (
        "kind",
        "name",
        "words",
        "likelihood",
        "severity",
        "photos",
        "place",
        "lat",
        "lon",
    )

    def __init__(
        self, *args: Any, to: Staff, on: date, matter: Matter | None = None, **more: Any
    ) -> None:
        if matter:
            more["initial"] = {"place": matter.place.code, "lat": matter.lat, "lon": matter.lon}
        super().__init__(*args, **more)
        self.on = on
        self.kinds = {row.code: row for row in queries.kinds() if row.is_active}
        self.grade_by(queries.matrix(on))
        offer(
            self,
            "kind",
            [("", _("Choose")), *((code, row.name) for code, row in self.kinds.items())],
        )
        here = _places(to, on, matter)
        offer(self, "place", [("", _("Choose")), *here])
        if len(here) == 1:
            self.initial.setdefault("place", here[0][0])

    def told(self) -> Told:
        """Return what the action takes."""
        said = self.cleaned_data
        return Told(
            kind=self.kinds[said["kind"]],
            name=said["name"],
            words=said["words"],
            likelihood=said["likelihood"],
            severity=said["severity"],
            place=by_code(said["place"], self.on) if said["place"] else None,
            lat=said["lat"],
            lon=said["lon"],
        )


def _places(to: Staff, on: date, matter: Matter | None) -> list[tuple[str, str]]:
    """Return the places that ``to`` may register for, down to the communities, with their own grids."""
    known: dict[str, Place] = {
        place.code: place for place in coarse(on) if rules.may_register(to, place.path)
    }
    for code in {path.rstrip("/").rpartition("/")[2] for path in to.paths(*rules.REGISTERS)} - set(
        known
    ):
        if own := by_code(code, on):
            known[code] = own
    if matter:
        known[matter.place.code] = matter.place
    return [(code, place.name) for code, place in known.items()]

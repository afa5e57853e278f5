"""Plans, and which month figures are of."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import ON_FOOT, Office, Staff
from gongzhi.accounts.queries import offices
from gongzhi.base.fields import day, offer, sentences
from gongzhi.patrol import queries, rules
from gongzhi.patrol.actions.planning import Planned
from gongzhi.patrol.clocks import Rest
from gongzhi.patrol.models import Plan
from gongzhi.patrol.words import WEEKDAYS
from gongzhi.places.models import Place
from gongzhi.places.queries import below, by_code, coarse, on_day

MOST_AREAS = 500
OFFICE = "office:"
COMMAS = str.maketrans("，、；;\n", ",,,,,")


class MonthForm(forms.Form):
    """Which month and which place figures are of; nonsense gives this month and the whole."""

    month = forms.CharField(required=False)
    place = forms.CharField(required=False)

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on = on

    def asked(self) -> tuple[date, Place | None]:
        """Return the first day of the month, and the place."""
        self.is_valid()
        try:
            month = date.fromisoformat(f"{self.cleaned_data.get('month')}-01")
        except ValueError:
            month = self.on.replace(day=1)
        found = by_code(self.cleaned_data.get("place") or "", self.on)
        return month, found


class AreaForm(forms.Form):
    """For which place rounds are planned, by its code; what is offered is a help, not all there is."""

    area = forms.CharField(
        label=gettext_lazy("Area: its code"),
        max_length=24,
        widget=forms.TextInput(attrs={"list": "areas", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, to: Staff, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.to, self.on = to, on
        if to.is_administrator():
            self.areas = list(coarse(on))[:MOST_AREAS]
        else:
            paths = to.paths(*rules.PLANNERS)
            found = on_day(on).filter(below("path", paths))
            self.areas = list(found.defer("boundary", "also").order_by("path")[:MOST_AREAS])

    def clean_area(self) -> Place:
        found = by_code(self.cleaned_data["area"], self.on)
        if found is None:
            raise ValidationError(_("No place has this code today: choose one from the list."))
        if not rules.may_plan_at(self.to, found.path):
            raise ValidationError(_("You do not plan for this place: choose one of your own."))
        return found


class PlanForm(forms.Form):
    """A plan: what, by whom, when, what for; its area is chosen before."""

    name = forms.CharField(label=gettext_lazy("Name of the round"), max_length=60)
    duty = sentences(gettext_lazy("What for, and what to mind"), rows=2, longest=200)
    checklist = forms.ChoiceField(label=gettext_lazy("Checklist"))
    who = forms.ChoiceField(label=gettext_lazy("Who walks it"))
    starts_on = day(gettext_lazy("From"))
    ends_on = day(gettext_lazy("Until"), required=False)
    every = forms.IntegerField(
        label=gettext_lazy("Every so many days"), min_value=1, max_value=366, required=False
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("On weekdays"),
        choices=[(str(n), name) for n, name in enumerate(WEEKDAYS, start=1)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    dates = forms.CharField(
        label=gettext_lazy("On certain days"),
        help_text=gettext_lazy("Such as 2026-12-01, 2026-12-24."),
        max_length=600,
        required=False,
    )
    rest = forms.ChoiceField(label=gettext_lazy("On a day off it is"), choices=Rest)
    opens = forms.TimeField(
        label=gettext_lazy("Between"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        required=False,
    )
    closes = forms.TimeField(
        label=gettext_lazy("and"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        required=False,
    )
    codes = forms.MultipleChoiceField(
        label=gettext_lazy("Places and things"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    more = forms.CharField(
        label=gettext_lazy("More by their codes"),
        help_text=gettext_lazy("The codes on their labels, one a line."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, area: Place, on: date, plan: Plan | None = None, **more: Any
    ) -> None:
        more["initial"] = _initial(plan) if plan else {"starts_on": on}
        super().__init__(*args, **more)
        self.area = area
        self.lists = {one.code: one for one in queries.may_be_used(on, area.path)}
        self.offices = {one.code: one for one in offices().values() if one.is_active}
        offer(self, "checklist", [(code, one.name) for code, one in self.lists.items()])
        posts = [(role.value, role.label) for role in ON_FOOT]
        named = sorted((f"{OFFICE}{code}", one.name) for code, one in self.offices.items())
        offer(self, "who", [*posts, *named])
        things = queries.things_in(area, on)
        self.things = {thing.code: thing for thing in things}
        if plan:
            self.things |= {s.code: s.asset or s.where for s in queries.spots(plan)}
        shown = [(code, f"{thing.name} ({code})") for code, thing in self.things.items()]
        offer(self, "codes", shown)

    def clean_dates(self) -> list[str]:
        found = []
        for part in self.cleaned_data["dates"].translate(COMMAS).split(","):
            if not part.strip():
                continue
            try:
                found.append(date.fromisoformat(part.strip()).isoformat())
            except ValueError as fault:
                raise ValidationError(
                    _("“%(part)s” is no day: write it like 2026-12-01.") % {"part": part.strip()}
                ) from fault
        return found

    def planned(self) -> Planned:
        """Return what the action takes."""
        said = self.cleaned_data
        typed = said["more"].translate(COMMAS).split(",")
        office: Office | None = self.offices.get(said["who"].removeprefix(OFFICE))
        names = (
            "name",
            "duty",
            "starts_on",
            "ends_on",
            "every",
            "dates",
            "rest",
            "opens",
            "closes",
        )
        return Planned(
            **{name: said[name] for name in names},
            area=self.area,
            checklist=self.lists[said["checklist"]],
            codes=[*said["codes"], *(code.strip() for code in typed if code.strip())],
            role="" if said["who"].startswith(OFFICE) else said["who"],
            office=office if said["who"].startswith(OFFICE) else None,
            weekdays="".join(said["weekdays"]),
        )


def _initial(plan: Plan) -> dict[str, Any]:
    plain = ("name", "duty", "starts_on", "ends_on", "every", "rest", "opens", "closes", "version")
    return {name: getattr(plan, name) for name in plain} | {
        "checklist": plan.checklist_code,
        "who": f"{OFFICE}{plan.office.code}" if plan.office else plan.role,
        "weekdays": list(plan.weekdays),
        "dates": ", ".join(plan.dates),
        "codes": [spot.code for spot in queries.spots(plan)],
    }

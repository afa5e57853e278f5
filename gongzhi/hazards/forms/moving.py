from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongzhi.accounts.queries import offices_above
from gongzhi.base.fields import day, offer, sentences
from gongzhi.hazards.actions import Points
from gongzhi.hazards.forms.registering import GradeFields
from gongzhi.hazards.models import Hazard
from gongzhi.matters.uploads import UploadsField


class MoveForm(forms.Form):
    """A move that needs a press and no words."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, hazard: Hazard, **more: Any) -> None:
        more["initial"] = {"version": hazard.version} | more.get("initial", {})
        super().__init__(*args, **more)
        self.hazard = hazard

    def given(self) -> dict[str, Any]:
        """Return the arguments of the action."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class FixForm(MoveForm):
    """The five points."""

    office = forms.ChoiceField(label=gettext_lazy("Responsible office"), required=False)
    charge = forms.CharField(
        label=gettext_lazy("Person: who answers for it in that office, with the post"),
        max_length=60,
        required=False,
    )
    due_on = day(gettext_lazy("Time: to be put right by"), required=False)
    due_ground = forms.CharField(
        label=gettext_lazy("Ground of the date"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The rule, plan or order that sets it, or why this long."),
    )
    measures = sentences(gettext_lazy("Duty: what is to be done"), longest=2000, required=False)
    money_cny = forms.IntegerField(
        label=gettext_lazy("Money (yuan)"),
        min_value=0,
        max_value=2_000_000_000,
        required=False,
        help_text=gettext_lazy("0 where none is needed."),
    )
    money_from = forms.CharField(
        label=gettext_lazy("Where the money comes from"), max_length=120, required=False
    )
    plan = sentences(
        gettext_lazy("Plan: what is done if it happens first"), longest=2000, required=False
    )

    def __init__(self, *args: Any, hazard: Hazard, **more: Any) -> None:
        plain = ("charge", "due_on", "due_ground", "measures", "money_cny", "money_from", "plan")
        more["initial"] = {name: getattr(hazard, name) for name in plain} | more.get("initial", {})
        more["initial"].setdefault("office", hazard.office.code if hazard.office else "")
        super().__init__(*args, hazard=hazard, **more)
        self.known = {office.code: office for office in offices_above(hazard.chain)}
        if hazard.office:
            self.known[hazard.office.code] = hazard.office
        named = [(code, office.name) for code, office in self.known.items()]
        offer(self, "office", [("", _("Choose")), *named])

    def given(self) -> dict[str, Any]:
        said = super().given()
        return {"points": Points(**said | {"office": self.known.get(said["office"])})}


class WordsForm(MoveForm):
    """A move that says why."""

    words = sentences(gettext_lazy("Reason"))


class ProtectForm(MoveForm):
    """What is closed off until it is put right."""

    words = sentences(
        gettext_lazy("What is closed off, watched or taken out of use until then"),
        help_text=gettext_lazy("Or why nothing needs to be."),
    )
    since = day(pgettext_lazy("hazard", "Since"), required=False)

    def __init__(self, *args: Any, hazard: Hazard, **more: Any) -> None:
        known = {"words": hazard.protection, "since": hazard.protected_on}
        more["initial"] = known | more.get("initial", {})
        super().__init__(*args, hazard=hazard, **more)


class ExplainForm(MoveForm):
    """Why it is there."""

    words = sentences(gettext_lazy("Cause: why it is there, or came back"))

    def __init__(self, *args: Any, hazard: Hazard, **more: Any) -> None:
        more["initial"] = {"words": hazard.cause} | more.get("initial", {})
        super().__init__(*args, hazard=hazard, **more)


class GradeForm(GradeFields, MoveForm):
    """How likely and grave it is, seen anew."""

    words = sentences(gettext_lazy("Reason"))

    def __init__(self, *args: Any, hazard: Hazard, **more: Any) -> None:
        known = {"likelihood": hazard.likelihood, "severity": hazard.severity}
        more["initial"] = known | more.get("initial", {})
        super().__init__(*args, hazard=hazard, **more)
        self.grade_by(hazard.matrix)


class PostponeForm(MoveForm):
    """Another date."""

    due_on = day(gettext_lazy("The new day"))
    words = sentences(gettext_lazy("Reason"))


class RectifyForm(MoveForm):
    """What was done, with photos."""

    words = sentences(gettext_lazy("What was done"))
    photos = UploadsField(
        label=gettext_lazy("Photos of the place afterwards"),
        help_text=gettext_lazy("Take the place, not people."),
    )


class AcceptForm(MoveForm):
    """What was seen at the place."""

    words = sentences(gettext_lazy("What you saw at the place"))
    photos = UploadsField(label=gettext_lazy("Photos at the check"))


class FailForm(AcceptForm):
    """Why it is not accepted."""

    words = sentences(gettext_lazy("Why it is not accepted"))


class SuperviseForm(MoveForm):
    """What everybody may read."""

    summary = forms.CharField(
        label=gettext_lazy("What everybody may read of it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "It stands on the public page beside place, office and date, until it is accepted and lifted."
        ),
    )


FORMS: dict[str, type[MoveForm]] = {
    "fix": FixForm,
    "order": MoveForm,
    "rectify": RectifyForm,
    "accept": AcceptForm,
    "fail": FailForm,
    "protect": ProtectForm,
    "explain": ExplainForm,
    "grade": GradeForm,
    "postpone": PostponeForm,
    "supervise": SuperviseForm,
    "lift": WordsForm,
    "withdraw": WordsForm,
}

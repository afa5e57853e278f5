"""When something is due, and which grid is theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.deadlines.clocks import Course, Explanation, Refused, Unit, explain, limit_of
from gongzhi.deadlines.models import Rule, in_language
from gongzhi.deadlines.queries import default_days, rules_on
from gongzhi.deadlines.words import UNITS, length


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

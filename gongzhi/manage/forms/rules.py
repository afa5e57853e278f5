from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.base.fields import day
from gongzhi.deadlines.models import Rule, Verified
from gongzhi.deadlines.words import UNITS
from gongzhi.manage.forms.fields import few
from gongzhi.manage.words import NO_LENGTHS, SENSES

CHOOSE = ("", gettext_lazy("Choose"))


def _units(*more: tuple[str, Any]) -> list[tuple[str, Any]]:
    return [CHOOSE, *UNITS.items(), *more]


class RuleForm(forms.Form):
    """One version of a rule.  What it lets a clock run by is checked by the action."""

    law = forms.CharField(
        label=gettext_lazy("Law or order"),
        max_length=120,
        help_text=gettext_lazy("As it is called, with its year; or your own order."),
    )
    article = forms.CharField(label=gettext_lazy("Article"), max_length=40, required=False)
    trigger_zh = forms.CharField(label=gettext_lazy("Runs from, in Chinese"), max_length=120)
    trigger_en = forms.CharField(label=gettext_lazy("Runs from, in English"), max_length=120)
    value = forms.IntegerField(label=gettext_lazy("How many"))
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=_units(*((name, words[0]) for name, words in NO_LENGTHS.items())),
        error_messages={
            "required": gettext_lazy("A rule needs a unit: without one nothing can be counted.")
        },
    )
    sense = forms.ChoiceField(label=gettext_lazy("What it demands"), choices=SENSES.items())
    rolls = forms.BooleanField(
        label=gettext_lazy("A last day on a day off moves to the next work day"), required=False
    )
    more_value = forms.IntegerField(label=gettext_lazy("May be extended by"), required=False)
    more_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=_units(), required=False)
    approver_zh = forms.CharField(
        label=gettext_lazy("Who approves more time, in Chinese"), max_length=120, required=False
    )
    approver_en = forms.CharField(
        label=gettext_lazy("Who approves more time, in English"), max_length=120, required=False
    )
    pauses = forms.BooleanField(
        label=gettext_lazy("The law lets the clock stand still for a reason"), required=False
    )
    note_zh = few(gettext_lazy("Note in Chinese"), 2000)
    note_en = few(gettext_lazy("Note in English"), 2000)
    source = forms.CharField(
        label=gettext_lazy("Where it was read"), max_length=160, required=False
    )
    verified = forms.ChoiceField(
        label=gettext_lazy("How it was checked"), choices=[CHOOSE, *Verified.choices]
    )
    valid_from = day(gettext_lazy("Holds from"))
    valid_until = day(gettext_lazy("Holds until"), required=False)

    FIRST = ("code", "law", "article", "trigger_zh", "trigger_en")
    LAST = ("valid_from", "valid_until")

    def __init__(self, *args: Any, last: Rule | None = None, **kwargs: Any) -> None:
        """Fill in the version before, but not what has to be said anew: how checked, from when."""
        anew = {"code", "verified", *self.LAST}
        known = {name: getattr(last, name) for name in self.base_fields.keys() - anew if last}
        kwargs["initial"] = known or {"verified": Verified.OWN, "rolls": True}
        super().__init__(*args, **kwargs)

    def before_limit(self) -> list[forms.BoundField]:
        """Return the fields that stand above the limit."""
        return [field for field in self if field.name in self.FIRST]

    def after_limit(self) -> list[forms.BoundField]:
        """Return the fields that stand below the limit and its extension, but for the dates."""
        names = ("approver_zh", "approver_en", "pauses", "note_zh", "note_en", "source", "verified")
        return [self[name] for name in names]


class NewRuleForm(RuleForm):
    """The first version of a rule, with the code by which it is called."""

    code = forms.RegexField(
        r"^[a-z0-9_]+(\.[a-z0-9_]+)*$",
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits, dots and underscores, such as hotline.own."),
        error_messages={
            "invalid": gettext_lazy("Use small letters, digits, dots and underscores only.")
        },
    )
    field_order = ("code",)

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Rule.objects.filter(code=code).exists():
            raise ValidationError(_("There is a rule of this code: open it and add a version."))
        return code

from __future__ import annotations

from itertools import product
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.base.fields import day, offer, sentences
from gongzhi.hazards import queries
from gongzhi.hazards.forms.registering import GradeFields
from gongzhi.hazards.models import STEPS, Level, Matrix
from gongzhi.matters.models import Object

OBJECTS = [(value, Object(value).label) for value in ("place", "asset", "service")]


class ChangeKindForm(forms.Form):
    """A kind of hazard as it stands; its code stays."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60)
    object = forms.ChoiceField(label=gettext_lazy("Of what"), choices=OBJECTS)
    is_major = forms.BooleanField(label=gettext_lazy("Always major, by its source"), required=False)
    recurs_months = forms.IntegerField(
        label=gettext_lazy("Comes back: months after acceptance"),
        min_value=1,
        max_value=120,
        initial=12,
        help_text=gettext_lazy(
            "Another one at the same place within these months is linked, and its cause is asked for."
        ),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=160,
        help_text=gettext_lazy("Which law, standard or list it is from."),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("New hazards may be of this kind"), required=False, initial=True
    )


class KindForm(ChangeKindForm):
    """A new kind of hazard."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=30,
        help_text=gettext_lazy("Small letters, digits and _; it never changes."),
    )
    field_order = ("code",)


class MatrixForm(forms.Form):
    """A new edition of the matrix, beginning with the one before."""

    valid_from = day(gettext_lazy("Holds from"))
    source = forms.CharField(label=gettext_lazy("Source"), max_length=160)
    likelihoods = sentences(
        gettext_lazy("Likelihood: five lines, the least first"),
        rows=5,
        help_text=gettext_lazy("Chinese | English"),
    )
    severities = sentences(
        gettext_lazy("Severity: five lines, the least first"),
        rows=5,
        help_text=gettext_lazy("Chinese | English"),
    )

    def __init__(self, *args: Any, held: Matrix | None, **more: Any) -> None:
        if held:
            more["initial"] = _written(held) | more.get("initial", {})
        super().__init__(*args, **more)
        for row, column in product(range(STEPS), range(STEPS)):
            self.fields[f"cell_{row}_{column}"] = forms.ChoiceField(
                label=_("Likelihood %(row)d, severity %(column)d")
                % {"row": row + 1, "column": column + 1},
                choices=Level.choices,
            )

    def grid(self) -> list[list[forms.BoundField]]:
        """Return the fields of the cells, a row for each likelihood."""
        return [[self[f"cell_{row}_{n}"] for n in range(STEPS)] for row in range(STEPS)]

    def plain(self) -> list[forms.BoundField]:
        """Return the fields beside the cells."""
        return [self[name] for name in ("valid_from", "source", "likelihoods", "severities")]

    def clean_likelihoods(self) -> list[list[str]]:
        """Return the steps in both languages."""
        return _pairs(self.cleaned_data["likelihoods"])

    def clean_severities(self) -> list[list[str]]:
        """Return the steps in both languages."""
        return _pairs(self.cleaned_data["severities"])

    def given(self) -> dict[str, Any]:
        """Return the arguments of the action."""
        said = self.cleaned_data
        cells = [[said[f"cell_{row}_{n}"] for n in range(STEPS)] for row in range(STEPS)]
        names = ("valid_from", "source", "likelihoods", "severities")
        return {name: said[name] for name in names} | {"cells": cells}


def _written(held: Matrix) -> dict[str, Any]:
    cells = {
        f"cell_{row}_{column}": held.cells[row][column]
        for row, column in product(range(STEPS), range(STEPS))
    }
    words = {
        name: "\n".join(" | ".join(pair) for pair in getattr(held, name))
        for name in ("likelihoods", "severities")
    }
    return cells | words | {"source": held.source}


def _pairs(lines: str) -> list[list[str]]:
    parted = [line.partition("|") for line in lines.splitlines() if line.strip()]
    if len(parted) != STEPS:
        raise ValidationError(_("Write five lines, the least first."))
    return [[zh.strip(), en.strip()] for zh, _bar, en in parted]


class ChecklistForm(forms.Form):
    """A new checklist."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=160,
        help_text=gettext_lazy("Which law, standard or list it is from."),
    )


class QuestionForm(GradeFields):
    """A new line of a checklist: what should be so, and what hazard it is where it is not."""

    text_zh = forms.CharField(
        label=gettext_lazy("What should be so, in Chinese"),
        max_length=120,
        help_text=gettext_lazy("About the place, such as “Exits are free”; never about anybody."),
    )
    text_en = forms.CharField(label=gettext_lazy("What should be so, in English"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("Where it is not so, it is a hazard of this kind"))
    field_order = ("text_zh", "text_en", "kind")

    def __init__(self, *args: Any, held: Matrix | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kinds = {row.code: row for row in queries.kinds() if row.is_active}
        named = [(code, row.name) for code, row in self.kinds.items()]
        offer(self, "kind", [("", _("Choose")), *named])
        self.grade_by(held)

    def given(self) -> dict[str, Any]:
        """Return the arguments of the action."""
        said = self.cleaned_data
        return said | {"kind": self.kinds[said["kind"]]}

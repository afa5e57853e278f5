"""What somebody says of their matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.matters.models import LONGEST_TEXT, FollowUp
from gongzhi.matters.uploads import UploadsField
from gongzhi.portal.forms.fields import STRIPPED, Words


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

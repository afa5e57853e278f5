"""The forms of what follows an answer: check, call back, note."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.matters.forms.fields import MoveForm, sentences
from gongzhi.matters.models import LONGEST_TEXT, FollowUp
from gongzhi.matters.uploads import UploadsField
from gongzhi.matters.words import PURPOSES


class InspectForm(MoveForm):
    words = sentences(gettext_lazy("What you found"), rows=2, required=False)
    photos = UploadsField()


class FollowUpForm(MoveForm):
    result = forms.ChoiceField(
        label=gettext_lazy("Is it solved?"),
        choices=FollowUp.Result.choices,
        widget=forms.RadioSelect,
    )
    satisfied = forms.TypedChoiceField(
        label=gettext_lazy("How satisfied (1 to 5)"),
        choices=[("", "–"), *((str(n), str(n)) for n in range(5, 0, -1))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    comment = sentences(gettext_lazy("What they said"), rows=2, required=False)


class NoteForm(MoveForm):
    words = sentences(
        gettext_lazy("Note"),
        longest=LONGEST_TEXT,
        help_text=gettext_lazy(
            "About the matter, never about a person: the requester may ask to see it."
        ),
    )


class LookForm(forms.Form):
    """Why somebody wants to see a contact: kept, and shown to the person concerned."""

    purpose = forms.ChoiceField(label=gettext_lazy("What for"), choices=PURPOSES.items())

"""The forms of what follows an answer: check, call back, note."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from gongzhi.base.fields import sentences
from gongzhi.matters.actions.asking import ON_THE_PHONE
from gongzhi.matters.forms.fields import MoveForm
from gongzhi.matters.models import BY_HAND, LONGEST_TEXT, FollowUp, Inspection
from gongzhi.matters.uploads import UploadsField
from gongzhi.matters.words import PURPOSES

ASKED_FOR = {
    Inspection.VISIT: gettext_lazy("This kind is checked by a visit: what you saw, with a photo."),
    Inspection.PHOTO: gettext_lazy("This kind is checked by a photo after the work."),
    Inspection.NONE: gettext_lazy("This kind is checked by the answer alone."),
}
MINUTES = "%Y-%m-%dT%H:%M"


class InspectForm(MoveForm):
    words = sentences(gettext_lazy("What you found"), rows=2, required=False)
    photos = UploadsField(label=gettext_lazy("Photos at the check"))
    instead = sentences(
        gettext_lazy("Why there is no photo or no visit"), rows=2, longest=500, required=False
    )

    def prepare(self) -> None:
        wanted = self.about.matter.kind.inspection
        self.fields["words"].help_text = ASKED_FOR[Inspection(wanted)]
        if wanted == Inspection.NONE:
            del self.fields["instead"]


class FollowUpForm(MoveForm):
    """What came of a call back; of questions that were not answered nothing is chosen."""

    in_time = forms.TypedChoiceField(
        label=gettext_lazy("Were they answered in time?"),
        choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
        coerce=lambda said: said == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Is it solved?"),
        choices=[(r.value, r.label) for r in ON_THE_PHONE],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what came of the call.")},
    )
    call_at = forms.DateTimeField(
        label=gettext_lazy("When to call again"),
        input_formats=[MINUTES, f"{MINUTES}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
        required=False,
    )
    satisfied = forms.TypedChoiceField(
        label=gettext_lazy("How satisfied (1 to 5)"),
        choices=[(str(n), str(n)) for n in range(1, 6)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    why_not = forms.ChoiceField(
        label=gettext_lazy("If not, why not"),
        choices=[("", "–"), *FollowUp.WhyNot.choices],
        required=False,
    )
    comment = sentences(
        gettext_lazy("What they said"),
        rows=2,
        required=False,
        help_text=gettext_lazy(
            "If it is not solved, the office reads this: write what is still not right."
        ),
    )

    def prepare(self) -> None:
        hour = localtime(self.about.at).replace(minute=0)
        self.initial.setdefault("call_at", hour + timedelta(hours=3))


class NoteForm(MoveForm):
    words = sentences(
        gettext_lazy("Note"),
        longest=LONGEST_TEXT,
        help_text=gettext_lazy(
            "About the matter, never about a person: the requester may ask to see it. “@” with a "
            "name tells a colleague or an office of it."
        ),
    )


class VerdictForm(forms.Form):
    """A ruling on what counts in no rate, with its reason."""

    version = forms.IntegerField(required=False)
    words = forms.CharField(required=False, max_length=500)


class ExcludeForm(forms.Form):
    """Why what somebody said shall count in no rate."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why it shall not count"),
        choices=[(reason.value, reason.label) for reason in BY_HAND],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason of the list.")},
    )
    words = sentences(
        gettext_lazy("How you know"),
        longest=500,
        help_text=gettext_lazy("A supervisor reads it and rules; until then it counts."),
    )


class LookForm(forms.Form):
    """Why somebody wants to see a contact: kept, and shown to the person concerned."""

    purpose = forms.ChoiceField(label=gettext_lazy("What for"), choices=PURPOSES.items())

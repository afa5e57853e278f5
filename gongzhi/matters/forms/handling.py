"""The forms of the office: progress, questions, more time, answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.matters.forms.fields import MoveForm, PhrasedForm, sentences
from gongzhi.matters.models import LONGEST_ANSWER, LONGEST_TEXT
from gongzhi.matters.uploads import UploadsField


class GrantForm(MoveForm):
    reason = sentences(gettext_lazy("A word to the office"), rows=2, required=False)


class HandleForm(PhrasedForm):
    words = sentences(gettext_lazy("What was done or found"), longest=LONGEST_TEXT)
    tell = forms.BooleanField(label=gettext_lazy("The requester reads this too"), required=False)
    photos = UploadsField()


class AskForm(PhrasedForm):
    question = sentences(
        gettext_lazy("Question to the requester"),
        help_text=gettext_lazy("Until they answer, the clock stands still."),
    )


class ExtendForm(PhrasedForm):
    work_days = forms.IntegerField(
        label=gettext_lazy("Work days more"), min_value=1, max_value=60, initial=5
    )
    reason = sentences(gettext_lazy("Reason, which the requester reads too"))


class DeferForm(PhrasedForm):
    reason = sentences(gettext_lazy("Reason, which the requester reads too"))
    owner = forms.CharField(label=gettext_lazy("Who watches over it"), max_length=120)
    review_on = forms.DateField(
        label=gettext_lazy("Look again on"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def prepare(self) -> None:
        super().prepare()
        office = self.about.matter.office
        with self.about.theirs():
            self.initial.setdefault("owner", office.name if office else self.about.by.label)


class AnswerForm(PhrasedForm):
    words = sentences(
        gettext_lazy("Answer to the requester"),
        rows=5,
        longest=LONGEST_ANSWER,
        help_text=gettext_lazy("In plain words: what was found, what was done, and what follows."),
    )
    ground = forms.CharField(label=gettext_lazy("Ground"), max_length=300, required=False)
    photos = UploadsField(label=gettext_lazy("Photos after the work"))

    def prepare(self) -> None:
        super().prepare()
        with self.about.theirs():
            self.initial.setdefault("ground", self.about.matter.ground)


class FinishForm(MoveForm):
    words = sentences(
        gettext_lazy("What your office did"),
        longest=LONGEST_TEXT,
        help_text=gettext_lazy("The office that leads reads it and answers for all."),
    )
    photos = UploadsField(label=gettext_lazy("Photos after the work"))


class SettleForm(PhrasedForm):
    words = sentences(gettext_lazy("What was done"), longest=LONGEST_ANSWER)
    before = UploadsField(label=gettext_lazy("Photos before"))
    after = UploadsField(label=gettext_lazy("Photos after the work"))

"""The forms of the office: progress, questions, more time, answers."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from gongzhi.advice.answers import Lacks
from gongzhi.base.fields import sentences
from gongzhi.matters import queries, rules
from gongzhi.matters.forms.fields import MoveForm, PhrasedForm
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

    @cached_property
    def solved_alike(self) -> list[queries.Near]:
        """Matters like it that were solved, for who writes the answer; asked for where it is drawn."""
        return queries.solved_alike(self.about.matter, self.about.by, self.about.at)

    @property
    def draft(self) -> str:
        """The address that has the assistant write a draft, where there is one and it may."""
        may = settings.ASSISTANT and rules.may_assist(self.about.by, self.about.matter, "draft")
        return reverse("matters:draft", args=[self.about.matter.pk]) if may else ""

    @property
    def hints(self) -> str:
        """The address that says what the answer may lack, as it is written."""
        return reverse("matters:hints", args=[self.about.matter.pk])

    def lacks(self) -> Lacks:
        """Return what the answer may lack, as it stands in the form; hints, never kept."""
        said, ground = (str(self[name].value() or "") for name in ("words", "ground"))
        return queries.lacks(self.about.matter, said, ground)


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

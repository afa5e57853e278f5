from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.base.fields import day, offer, sentences
from gongzhi.matters.models import Kind
from gongzhi.matters.receipts import Contact
from gongzhi.matters.states import ENDED
from gongzhi.matters.states import State as MatterState
from gongzhi.rights.actions.assessing import Told
from gongzhi.rights.models import Assessment, LookLimits
from gongzhi.rights.queries import SORTS, Asked
from gongzhi.rights.states import Sort
from gongzhi.rights.words import REMEDY


class AskForm(forms.Form):
    """What somebody asks about their own data."""

    sort = forms.ChoiceField(
        label=_("What do you ask for?"), choices=Sort.choices, widget=forms.RadioSelect
    )
    words = sentences(
        _("Anything we should know, or what to explain"), longest=2000, required=False
    )
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)

    def said(self) -> dict[str, Any]:
        """Return the arguments of the action; a contact only where it shall be put right."""
        told = self.cleaned_data
        contact = Contact(told["name"], told["phone"], told["email"])
        is_contact = told["sort"] == Sort.CORRECT
        return {
            "sort": told["sort"],
            "words": told["words"],
            "contact": contact if is_contact else Contact(),
        }


class VersionForm(forms.Form):
    """Which version the reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AnswerForm(VersionForm):
    """What the person is answered."""

    answer = sentences(
        _("Answer"),
        longest=2000,
        required=False,
        help_text=_("The person reads it. A refusal needs the reason with its article."),
    )


class RefuseForm(AnswerForm):
    """Why it is not done, and what the person can do against it."""

    remedy = sentences(_("What the person can do"), longest=2000, initial=REMEDY)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["answer"].required = True
        self.fields["answer"].label = _("Reason, with its article")


class HoldForm(forms.Form):
    """What has to be kept, why and until when."""

    number = forms.CharField(label=_("Number of the matter"), max_length=24)
    ground = sentences(_("Ground in law, and why"), longest=300)
    until = day(_("At most until"))


class TermForm(forms.Form):
    """How long what is kept."""

    kind_code = forms.ChoiceField(label=_("Kind"), required=False)
    result = forms.ChoiceField(label=_("Ended as"), required=False)
    contact_days = forms.IntegerField(
        label=_("Contact: days after the end"), min_value=30, max_value=1830
    )
    words_months = forms.IntegerField(
        label=_("Words and files: months after the end"), min_value=6, max_value=360
    )
    ground_zh = sentences(_("Why so long, with the article (Chinese)"), longest=300)
    ground_en = sentences(_("The same in English"), longest=400, required=False)

    def __init__(self, *args: Any, kinds: list[Kind], **more: Any) -> None:
        super().__init__(*args, **more)
        named = sorted((kind.code, kind.name) for kind in kinds)
        offer(self, "kind_code", [("", _("any kind")), *named])
        ends = [(state, MatterState(state).label) for state in sorted(ENDED)]
        offer(self, "result", [("", _("any end")), *ends])


class LimitsForm(forms.ModelForm[LookLimits]):
    """From when on looks are unusual."""

    class Meta:
        model = LookLimits
        fields = ("most_an_hour", "night_from", "night_to", "elsewhere")
        widgets = {
            "night_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "night_to": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }


class FoundForm(forms.Form):
    """What an unusual look was."""

    found = sentences(_("What was it?"), longest=500, rows=2)


class AssessForm(VersionForm):
    """What an assessment says."""

    name_zh = forms.CharField(label=_("What is assessed (Chinese)"), max_length=120)
    name_en = forms.CharField(label=_("What is assessed (English)"), max_length=160, required=False)
    lawful = sentences(
        _("Are purpose and means lawful, proper and necessary?"), rows=5, longest=5000
    )
    effects = sentences(
        _("What does it do to the people concerned, and what can go wrong?"), rows=5, longest=5000
    )
    measures = sentences(_("What protects them, and is it enough?"), rows=5, longest=5000)
    review_on = day(_("Look at it again by"))

    @classmethod
    def of(cls, assessment: Assessment) -> AssessForm:
        """Return the form with what an assessment says now."""
        return cls(initial={name: getattr(assessment, name) for name in cls.base_fields})

    def told(self) -> Told:
        """Return what is told."""
        return Told(**{k: v for k, v in self.cleaned_data.items() if k != "version"})


class UsageForm(forms.Form):
    """What the tracker is asked; as its parameters are called."""

    periodStart = forms.CharField(required=False)  # noqa: N815
    periodEnd = forms.CharField(required=False)  # noqa: N815
    processingType = forms.MultipleChoiceField(  # noqa: N815
        required=False, choices=[(sort, sort) for sort in SORTS]
    )
    limit = forms.IntegerField(required=False, min_value=1, max_value=10_000)
    offset = forms.IntegerField(required=False, min_value=0)

    def clean_periodStart(self) -> Any:  # noqa: N802
        return self._moment("periodStart")

    def clean_periodEnd(self) -> Any:  # noqa: N802
        return self._moment("periodEnd")

    def _moment(self, name: str) -> Any:
        typed = self.cleaned_data[name]
        if not typed:
            return None
        try:
            found = parse_datetime(typed.replace(" ", "+"))
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise forms.ValidationError(
                _("Write a time with its zone, such as 2026-01-31T10:20:30Z.")
            )
        return found

    def asked(self) -> Asked:
        """Return what is asked for."""
        said = self.cleaned_data
        return Asked(
            said["periodStart"],
            said["periodEnd"],
            said["processingType"] or SORTS,
            said["limit"] or 1000,
            said["offset"] or 0,
        )

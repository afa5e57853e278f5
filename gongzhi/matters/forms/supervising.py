"""The forms of supervisors: order, order anew, close by order; and what the office reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.base.fields import sentences
from gongzhi.matters.forms.fields import MoveForm, PhrasedForm


class InsistForm(MoveForm):
    instruction = sentences(gettext_lazy("What has to be done"))
    report_on = forms.DateField(
        label=gettext_lazy("To be reported by"), widget=forms.DateInput(attrs={"type": "date"})
    )


class SuperviseForm(InsistForm):
    listed = forms.BooleanField(
        label=gettext_lazy("List it before everybody, on the portal"), required=False
    )
    summary = sentences(
        gettext_lazy("What everybody reads of it"),
        rows=2,
        longest=300,
        required=False,
        help_text=gettext_lazy(
            "Only for what is listed: about the thing and the office, never about a person."
        ),
    )

    def prepare(self) -> None:
        if not self.about.matter.public:
            del self.fields["listed"], self.fields["summary"]

    def clean(self) -> dict[str, Any]:
        """Ask for the summary where it is to be listed."""
        said = self.cleaned_data
        if said.get("listed") and not said.get("summary"):
            self.add_error(
                "summary", gettext_lazy("What is listed before everybody has a summary.")
            )
        return said


class ReportForm(MoveForm):
    words = sentences(gettext_lazy("What was done about the order"))


class ForceCloseForm(PhrasedForm):
    reason = sentences(
        gettext_lazy("Why it cannot be solved, which the requester reads"), longest=500
    )
    remedy = sentences(
        gettext_lazy("What they can do instead, and who is responsible"), longest=500
    )

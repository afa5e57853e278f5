from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import User
from gongzhi.base.fields import offer, sentences
from gongzhi.errands import queries
from gongzhi.errands.actions.asking import LONGEST, LONGEST_RECIPIENT, Given
from gongzhi.errands.actions.doing import Seen
from gongzhi.errands.models import Errand
from gongzhi.errands.states import OUTCOMES, Found, Sort
from gongzhi.matters.models import Matter
from gongzhi.matters.uploads import UploadsField

MISSING = {"required": gettext_lazy("Choose one of these.")}
WHAT = {
    Sort.VERIFY: gettext_lazy("What to look at"),
    Sort.INSPECT: gettext_lazy("What to look at"),
    Sort.VISIT: gettext_lazy("What to ask and explain"),
    Sort.DELIVER: gettext_lazy("What the notice says, in short"),
}


class AskForm(forms.Form):
    """Who is asked for what; of a visit how the requester agreed, of a notice where it goes."""

    worker = forms.ChoiceField(label=gettext_lazy("Grid worker of the place"))
    recipient = forms.CharField(
        label=gettext_lazy("Place or body that it goes to"),
        max_length=LONGEST_RECIPIENT,
        help_text=gettext_lazy("Such as the name on the door of a shop, a market or an office."),
    )
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper to take along"),
        required=False,
        choices=(
            ("", gettext_lazy("None: the words below")),
            ("order", gettext_lazy("Dispatch order")),
            ("reply", gettext_lazy("Reply to the requester")),
        ),
    )
    agreed = sentences(
        gettext_lazy("How the requester agreed to a visit"),
        longest=LONGEST,
        rows=2,
        help_text=gettext_lazy(
            "Such as: “on the telephone today they asked for a visit after 18:00”. They read this "
            "in their history."
        ),
    )
    words = sentences(gettext_lazy("What to look at"), longest=LONGEST)

    def __init__(self, *args: Any, matter: Matter, sort: Sort, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.sort = sort
        self.known = {user.pk.hex: user for user in queries.workers(matter, sort, at)}
        offer(self, "worker", [(key, user.name) for key, user in self.known.items()])
        self.fields["words"].label = WHAT[sort]
        if sort != Sort.VISIT:
            del self.fields["agreed"]
        if sort != Sort.DELIVER:
            del self.fields["recipient"], self.fields["paper"]

    def given(self) -> Given:
        """Return what the action takes."""
        said = self.cleaned_data
        worker: User = self.known[said.pop("worker")]
        return Given(sort=self.sort, worker=worker, **said)


class FinishForm(forms.Form):
    """What a worker found: one form, one act.  The lines are those of the edition it was made from."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"), widget=forms.RadioSelect, error_messages=MISSING
    )
    found = UploadsField(label=gettext_lazy("Photos: as you found it"), later=True)
    left = UploadsField(label=gettext_lazy("Photos: as you left it"), later=True)
    said = sentences(gettext_lazy("What else is to be said"), longest=2000, required=False)

    def __init__(self, *args: Any, errand: Errand, **more: Any) -> None:
        super().__init__(*args, **more)
        self.errand = errand
        self.editions = queries.editions(errand.sort)
        self.latest = self.editions[0]
        self.used = self._used()
        choices = [(one.value, capfirst(one.label)) for one in OUTCOMES[errand.sort]]
        offer(self, "outcome", choices)
        if errand.sort == Sort.VISIT:  # no photos of somebody's home
            del self.fields["found"], self.fields["left"]
        if errand.sort in (Sort.INSPECT, Sort.DELIVER):
            self.fields.pop("left", None)
        for n, line in enumerate(self.used.lines):
            self.fields[f"line_{n}"] = forms.ChoiceField(
                label=line,
                choices=Found.choices,
                widget=forms.RadioSelect,
                error_messages=MISSING,
            )
        self.initial["edition"] = self.used.number
        self.order_fields(["edition", "outcome", *self.lines, "found", "left", "said"])

    @property
    def lines(self) -> list[str]:
        """Return the names of the fields of the checklist."""
        return [f"line_{n}" for n in range(len(self.used.pairs))]

    @property
    def checks(self) -> list[forms.BoundField]:
        return [self[name] for name in self.lines]

    @property
    def is_older(self) -> bool:
        """Return whether the checklist has changed since the page was made."""
        return self.used.number != self.latest.number

    def _used(self) -> queries.Edition:
        """Return the edition that the page was made from, or else the latest."""
        said = self.data.get("edition", "") if self.is_bound else ""
        return next((one for one in self.editions if str(one.number) == said), self.latest)

    def seen(self) -> Seen:
        """Return what the action takes."""
        said = self.cleaned_data
        return Seen(
            outcome=said["outcome"],
            edition=self.used.number,
            answers=[said[name] for name in self.lines],
            **self._kept(),
        )

    def kept(self) -> Seen:
        """Return what is kept of an errand that ended meanwhile, however it was filled in."""
        self.is_valid()
        return Seen(outcome="", **self._kept())

    def _kept(self) -> dict[str, Any]:
        said = self.cleaned_data
        words = said.get("said") or self.data.get("said", "")
        return {"said": words, "found": said.get("found", ()), "left": said.get("left", ())}


class FailForm(forms.Form):
    """Why it cannot be done."""

    reason = sentences(gettext_lazy("Why can it not be done?"), longest=2000, rows=2)


class HandForm(forms.Form):
    """To which colleague, and why."""

    to = forms.ChoiceField(label=gettext_lazy("Colleague"))
    reason = sentences(gettext_lazy("Why, and what they should know"), longest=500, rows=2)

    def __init__(self, *args: Any, known: list[User], **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = {user.pk.hex: user for user in known}
        offer(self, "to", [(key, user.name) for key, user in self.known.items()])

    def given(self) -> dict[str, Any]:
        """Return the arguments of the action."""
        return {"to": self.known[self.cleaned_data["to"]], "reason": self.cleaned_data["reason"]}


class WithdrawForm(forms.Form):
    """Why nobody needs to go."""

    reason = sentences(gettext_lazy("Why nobody needs to go"), longest=500, rows=2)


class LinesForm(forms.Form):
    """A checklist, one line each, in both languages."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    zh = sentences(gettext_lazy("Lines in Chinese, one each"), longest=1500, rows=8)
    en = sentences(gettext_lazy("The same lines in English"), longest=1500, rows=8)

    def clean(self) -> dict[str, Any]:
        """Pair the lines.

        :raises ValidationError: more lines in one language than in the other
        """
        said = self.cleaned_data
        chinese, english = (_lines(said.get(name, "")) for name in ("zh", "en"))
        if not self.errors and len(chinese) != len(english):
            raise ValidationError(
                _("There are %(zh)d lines in Chinese and %(en)d in English: write as many in each.")
                % {"zh": len(chinese), "en": len(english)}
            )
        said["lines"] = list(zip(chinese, english, strict=False))
        return said


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]

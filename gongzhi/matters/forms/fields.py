"""What the forms of moves are made of."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.fields import sentences
from gongzhi.base.moves import Lifecycle
from gongzhi.matters import phrasing, queries
from gongzhi.matters.models import Matter, OfficeTask, Phrase
from gongzhi.matters.states import MATTER, TASK

Choices = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class About:
    """What a form has to know: the matter, who presses, and when; ``task`` where that is moved."""

    matter: Matter
    by: Actor
    at: datetime
    task: OfficeTask | None = None

    @property
    def moved(self) -> Matter | OfficeTask:
        """What is moved."""
        return self.task or self.matter

    @property
    def lifecycle(self) -> Lifecycle:
        """The table of its moves."""
        return TASK if self.task else MATTER

    @property
    def version(self) -> int:
        """The version of what is moved."""
        return self.moved.version

    def theirs(self) -> AbstractContextManager[None]:
        """Speak the requester's language inside: for words that are offered to be sent to them."""
        requester = getattr(self.matter, "requester", None)
        return override(requester.language if requester else get_language())


class MoveForm(forms.Form):
    """A move; alone it needs no words, only the version of the matter that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, about: About, name: str, **kwargs: Any) -> None:
        self.about, self.name = about, name
        super().__init__(*args, **({"auto_id": f"id_{name}_%s"} | kwargs))
        self.initial.setdefault("version", about.version)
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices and what is likely."""

    def offer(self, name: str, choices: Choices) -> None:
        """Give the field ``name`` its choices."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of the action."""
        return {name: said for name, said in self.cleaned_data.items() if name != "version"}


class PhrasedForm(MoveForm):
    """A move whose words the requester reads: standard phrases for it are offered, in their language.

    ``phrases`` is what each fills into the fields, by its code.
    """

    phrases: dict[str, dict[str, str]]

    def prepare(self) -> None:
        about = self.about
        found = queries.phrases(self.name, about.matter.kind_code, localdate(about.at))
        with about.theirs():
            values = queries.phrase_values(about.matter, about.at) if found else {}
            self.phrases = {phrase.code: phrase.filled(values) for phrase in found}
        if found:
            self.fields = {"phrase": _chooser(found), **self.fields}

    def clean(self) -> dict[str, Any]:
        """Take the words of the phrase where none were typed; let no gap be sent."""
        said = self.cleaned_data
        chosen = self.phrases.get(said.pop("phrase", ""), {})
        for name in phrasing.FIELDS[self.name]:
            if name in chosen and not self[name].data:
                said[name] = chosen[name]
                self.errors.pop(name, None)
            if phrasing.has_gap(said.get(name, "")):
                self.add_error(name, _("A gap (____) is still open: fill it in, or take it out."))
        return said


def _chooser(found: list[Phrase]) -> forms.ChoiceField:
    """Return the field that offers the phrases, those for the kind first."""
    groups: dict[str, Choices] = {}
    for phrase in found:
        group = _("For this kind") if phrase.kind_code else _("For all kinds")
        groups.setdefault(group, []).append((phrase.code, phrase.name))
    return forms.ChoiceField(
        label=_("Standard phrase"),
        required=False,
        choices=[("", _("In own words")), *groups.items()],
        help_text=_(
            "Put into the words below, in the requester's language; change there what does not fit."
        ),
        widget=forms.Select(attrs={"data-phrase": ""}),
    )


class GroundForm(MoveForm):
    ground = sentences(gettext_lazy("Why it is not your duty, with the rule that says so"))


class ReasonForm(MoveForm):
    reason = sentences(gettext_lazy("Reason"))


class PhrasedReasonForm(PhrasedForm, ReasonForm):
    """A reason that the requester reads."""

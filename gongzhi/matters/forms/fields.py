"""What the forms of moves are made of."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, override

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import Lifecycle
from gongzhi.matters.models import Matter, OfficeTask
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


def sentences(label: Any, *, rows: int = 3, longest: int = 1000, **kwargs: Any) -> forms.CharField:
    """Return a field for a few sentences."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, widget=area, **kwargs)


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


class GroundForm(MoveForm):
    ground = sentences(gettext_lazy("Why it is not your duty, with the rule that says so"))


class ReasonForm(MoveForm):
    reason = sentences(gettext_lazy("Reason"))

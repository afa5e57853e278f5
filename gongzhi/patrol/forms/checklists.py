"""Checklists and their lines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.base.fields import offer
from gongzhi.matters.models import Object as KindObject
from gongzhi.matters.queries import catalogue
from gongzhi.patrol import queries
from gongzhi.patrol.actions.checklists import Asked
from gongzhi.patrol.models import Checklist, Object
from gongzhi.places.models import Place
from gongzhi.places.queries import by_code

EMPTY_LINES = 6


class LineForm(forms.Form):
    """One line of a checklist; emptied, it is left out of the next edition."""

    code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    text_zh = forms.CharField(label=gettext_lazy("Line in Chinese"), max_length=120, required=False)
    text_en = forms.CharField(label=gettext_lazy("Line in English"), max_length=200, required=False)
    object = forms.ChoiceField(label=gettext_lazy("About"), choices=Object, required=False)
    kind_code = forms.ChoiceField(label=gettext_lazy("A finding becomes"), required=False)
    ground = forms.CharField(label=gettext_lazy("Source or ground"), max_length=120, required=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "kind_code", [("", gettext_lazy("as the words say")), *kinds])

    def clean(self) -> dict[str, Any]:
        """Ask for the other language and the source of a line that is there."""
        said = self.cleaned_data
        if any(said.get(name) for name in ("text_zh", "text_en")):
            for name in ("text_zh", "text_en", "ground"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("This is missing."))
        return said


LineSet = forms.formset_factory(LineForm, extra=EMPTY_LINES, max_num=100)


class ChecklistForm(forms.Form):
    """What a checklist is called and where it is from."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Small letters and hyphens; it stays."),
    )
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=120)
    place = forms.CharField(
        label=gettext_lazy("Of which place"),
        required=False,
        max_length=24,
        help_text=gettext_lazy(
            "Its code; administrators may leave it out: then it is everybody's."
        ),
    )

    def __init__(self, *args: Any, on: date, old: Checklist | None = None, **more: Any) -> None:
        if old:
            names = ("name_zh", "name_en", "source")
            more["initial"] = {name: getattr(old, name) for name in names}
        super().__init__(*args, **more)
        self.on = on
        if old:
            del self.fields["code"], self.fields["place"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if queries.checklist(code, self.on):
            raise ValidationError(_("Another checklist has this code already."))
        return code

    def clean_place(self) -> Place | None:
        typed = self.cleaned_data["place"]
        found = by_code(typed, self.on) if typed else None
        if typed and found is None:
            raise ValidationError(_("No place has this code today: choose one from the list."))
        return found


def kinds_to_find(on: date) -> list[tuple[str, str]]:
    """Return the kinds that a finding may become: never somebody's own request or what is sealed."""
    listed = catalogue(on).values()
    return [
        (kind.code, kind.name)
        for kind in listed
        if kind.object != KindObject.OWN_REQUEST and not kind.sealed
    ]


def asked(rows: Any) -> list[Asked]:
    """Return the lines that are filled in, with numbers of their own; ``rows`` is a valid `LineSet`."""
    found = [one.cleaned_data for one in rows if one.cleaned_data.get("text_zh")]
    taken = {said["code"] for said in found if said["code"]}
    last = max((int(code) for code in taken if code.isdigit()), default=0)
    lines = []
    for said in found:
        if not said["code"]:
            last += 1
        code = said["code"] or f"{last:02d}"
        names = ("text_zh", "text_en", "object", "kind_code", "ground")
        lines.append(Asked(code, **{name: said[name] for name in names}))
    return lines

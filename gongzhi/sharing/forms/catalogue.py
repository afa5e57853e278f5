"""Systems, concepts and items."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.base.fields import day, sentences
from gongzhi.exchange.models import Client
from gongzhi.sharing import readers
from gongzhi.sharing.models import Concept, Item, Object, Origin, Period, System, Theme
from gongzhi.sharing.states import UseState

CODE = re.compile(r"[\w-]{1,60}")
MOST_BYTES = 4 * 1024 * 1024
SEARCHABLE = {"data-searchable": ""}
EMPTY = [("", gettext_lazy("All"))]
LOOKS = [
    ("", gettext_lazy("All")),
    ("stale", gettext_lazy("not renewed in time")),
    ("failed", gettext_lazy("a check failed")),
    ("kept", gettext_lazy("kept too long")),
    ("doubled", gettext_lazy("asked twice")),
    ("person", gettext_lazy("found by who a person is")),
    ("withdrawn", gettext_lazy("taken off the list")),
]
USES = [
    ("", gettext_lazy("All")),
    (UseState.APPROVED, gettext_lazy("in use")),
    (UseState.ASKED, gettext_lazy("waiting for a decision")),
    ("none", gettext_lazy("used by nobody")),
]


def _offices() -> Any:
    return Office.objects.filter(is_active=True).order_by("code")


def _code() -> forms.SlugField:
    return forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("Letters, digits and hyphens; it stays."),
    )


class SystemForm(forms.Form):
    """A system: the code of one that is there stays."""

    code = _code()
    name_zh = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=160, required=False)
    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("Office that answers for it"),
        widget=forms.Select(attrs=SEARCHABLE),
    )
    client = forms.ModelChoiceField(
        Client.objects.none(),
        label=gettext_lazy("As which other system it calls here"),
        required=False,
        empty_label=gettext_lazy("it does not call"),
        help_text=gettext_lazy("Then it records what moves by itself, over the interface."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, system: System | None = None, **more: Any) -> None:
        if system:
            names = ("name_zh", "name_en", "office", "client", "note")
            more["initial"] = {name: getattr(system, name) for name in names}
        super().__init__(*args, **more)
        if system:
            del self.fields["code"]
        self.fields["office"].queryset = _offices()  # type: ignore[attr-defined]
        clients = Client.objects.select_related("account").order_by("account__username")
        self.fields["client"].queryset = clients  # type: ignore[attr-defined]


class ConceptForm(forms.Form):
    """A word of the vocabulary."""

    code = _code()
    name_zh = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=160, required=False)

    def __init__(self, *args: Any, concept: Concept | None = None, **more: Any) -> None:
        if concept:
            more["initial"] = {"name_zh": concept.name_zh, "name_en": concept.name_en}
        super().__init__(*args, **more)
        if concept:
            del self.fields["code"]


class ItemForm(forms.Form):
    """What an item says from a day on."""

    code = _code()
    name_zh = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=160, required=False)
    description_zh = sentences(gettext_lazy("What it holds"), longest=1000)
    description_en = sentences(
        gettext_lazy("The same in English"), longest=1500, required=False, rows=2
    )
    system = forms.ModelChoiceField(
        System.objects.none(),
        label=gettext_lazy("System that holds it"),
        widget=forms.Select(attrs=SEARCHABLE),
    )
    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("Office that owns it"),
        required=False,
        empty_label=gettext_lazy("the office of the system"),
        widget=forms.Select(attrs=SEARCHABLE),
    )
    concept = forms.ModelChoiceField(
        Concept.objects.none(),
        label=gettext_lazy("Concept"),
        required=False,
        empty_label=gettext_lazy("none yet"),
        help_text=gettext_lazy(
            "What it asks, in the shared vocabulary: so it shows when people are asked twice."
        ),
        widget=forms.Select(attrs=SEARCHABLE),
    )
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=Theme.choices)
    object = forms.ChoiceField(
        label=gettext_lazy("What it is about"),
        choices=Object.choices,
        help_text=gettext_lazy("Never people under watch, gatherings or homes."),
    )
    by_person = forms.BooleanField(
        label=gettext_lazy("Its entries are found by who a person is"),
        required=False,
        help_text=gettext_lazy(
            "By a name, a number of a paper, a telephone. Such entries move one at a time, for that "
            "person's own matter, and are shown to them."
        ),
    )
    fields_text = sentences(
        gettext_lazy("Fields"),
        rows=6,
        longest=8000,
        help_text=gettext_lazy("One on each line, as name:type:meaning."),
    )
    origin = forms.ChoiceField(label=gettext_lazy("Collected from"), choices=Origin.choices)
    period = forms.ChoiceField(label=gettext_lazy("Renewed"), choices=Period.choices)
    refreshed_on = day(gettext_lazy("Last renewed"), required=False)
    oldest_on = day(gettext_lazy("Day of the oldest entry"), required=False)
    retention_months = forms.IntegerField(
        label=gettext_lazy("Kept for months"), min_value=1, max_value=1200
    )
    retention_ground = forms.CharField(label=gettext_lazy("Why so long"), max_length=300)
    ground = forms.CharField(label=gettext_lazy("Legal ground"), max_length=300)
    article = forms.CharField(label=gettext_lazy("Article"), max_length=120, required=False)
    is_public = forms.BooleanField(
        label=gettext_lazy("Everybody may have the data"), required=False
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("By its SPDX name, such as CC-BY-4.0."),
    )
    address = forms.URLField(
        label=gettext_lazy("Address of the data"),
        max_length=500,
        required=False,
        assume_scheme="https",
    )
    from_day = day(gettext_lazy("From day"))

    def __init__(self, *args: Any, item: Item | None = None, **more: Any) -> None:
        today = localdate()
        if item:
            given = {name: getattr(item, name) for name in self.base_fields if hasattr(item, name)}
            text = readers.written(item.fields, parted="\n")
            more["initial"] = given | {"fields_text": text, "from_day": today}
        else:
            more.setdefault("initial", {"from_day": today, "retention_months": 36})
        super().__init__(*args, **more)
        if item:
            del self.fields["code"]
        self.fields["system"].queryset = System.objects.order_by("code")  # type: ignore[attr-defined]
        self.fields["office"].queryset = _offices()  # type: ignore[attr-defined]
        self.fields["concept"].queryset = Concept.objects.order_by("code")  # type: ignore[attr-defined]

    GROUPS = (
        (
            gettext_lazy("What it is and holds"),
            *("code", "name_zh", "name_en", "description_zh", "description_en", "theme"),
            *("object", "concept", "by_person", "fields_text"),
        ),
        (
            gettext_lazy("Whose it is, and where it comes from"),
            *("system", "office", "origin", "period", "refreshed_on"),
        ),
        (
            gettext_lazy("On which ground, and for how long"),
            *("ground", "article", "retention_months", "retention_ground", "oldest_on"),
        ),
        (
            gettext_lazy("Who may have it"),
            *("is_public", "licence", "address", "from_day"),
        ),
    )

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the fields under their headings."""
        return [
            (head, [self[name] for name in names if name in self.fields])
            for head, *names in self.GROUPS
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        said["fields"] = readers.fields(said.pop("fields_text", ""))
        if said.get("system") and not said.get("office"):
            said["office"] = said["system"].office
        return said


class FilterItemsForm(forms.Form):
    """Which items are shown."""

    words = forms.CharField(
        label=gettext_lazy("Name or code"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("Office that owns it"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("All offices"),
    )
    system = forms.ModelChoiceField(
        System.objects.none(),
        label=gettext_lazy("System"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("All systems"),
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"), choices=[*EMPTY, *Theme.choices], required=False
    )
    use = forms.ChoiceField(label=gettext_lazy("Use"), choices=USES, required=False)
    look = forms.ChoiceField(label=gettext_lazy("Only"), choices=LOOKS, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["office"].queryset = Office.objects.order_by("code")  # type: ignore[attr-defined]
        self.fields["system"].queryset = System.objects.order_by("code")  # type: ignore[attr-defined]


class RenewalForm(forms.Form):
    """That an item was renewed."""

    refreshed_on = day(gettext_lazy("Last renewed"))
    oldest_on = day(gettext_lazy("Day of the oldest entry"), required=False)


class CheckForm(forms.Form):
    """The result of a quality check."""

    name = forms.CharField(
        label=gettext_lazy("Check"),
        max_length=80,
        help_text=gettext_lazy("Such as “no address missing”; the same name replaces the result."),
    )
    on = day(gettext_lazy("Day"))
    passed = forms.BooleanField(label=gettext_lazy("passed"), required=False)


def mark(typed: str) -> str:
    """Return the code after which a page of a list begins, "" where it can be none."""
    return typed if CODE.fullmatch(typed) else ""


class FileForm(forms.Form):
    """A file with rows of the catalogue; looked at first unless said otherwise."""

    SORTS = (("items", gettext_lazy("data items")), ("systems", gettext_lazy("systems")))

    sort = forms.ChoiceField(label=gettext_lazy("What it holds"), choices=SORTS)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX or CSV, at most 4 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    keep = forms.BooleanField(
        label=gettext_lazy("List its rows if all are right"),
        required=False,
        help_text=gettext_lazy("Without this you only see what would come of it."),
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(_("The file is larger than 4 MB. Split it."))
        if not (file.name or "").lower().endswith((".xlsx", ".csv")):
            raise ValidationError(_("Give an .xlsx or .csv file."))
        return file

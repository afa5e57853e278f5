from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.base.fields import day, moment, sentences
from gongzhi.base.ids import tidy_number
from gongzhi.exchange.models import Client
from gongzhi.matters.models import Matter
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


class ThemeForm(forms.Form):
    """Which theme is shown to everybody."""

    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"), choices=[*EMPTY, *Theme.choices], required=False
    )


class FilterUsesForm(forms.Form):
    """Which uses are shown."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[*EMPTY, *UseState.choices], required=False
    )


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


class AskForm(forms.Form):
    """For which system an item is asked, and what for."""

    system = forms.ModelChoiceField(System.objects.none(), label=gettext_lazy("For which system"))
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=200,
        help_text=gettext_lazy(
            "What is done with it, so that everybody understands: it is published."
        ),
    )
    ground = forms.CharField(label=gettext_lazy("Legal ground"), max_length=300)
    article = forms.CharField(label=gettext_lazy("Article"), max_length=120, required=False)
    one_by_one = forms.TypedChoiceField(
        label=gettext_lazy("How much moves"),
        choices=[
            ("no", gettext_lazy("all entries, or many at once")),
            ("yes", gettext_lazy("one entry at a time, for that person's own matter")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    since = day(gettext_lazy("From day"))
    until = day(gettext_lazy("Until day"))

    def __init__(self, *args: Any, item: Item, systems: list[System], **more: Any) -> None:
        today = localdate()
        more["initial"] = {
            "since": today,
            "until": today + timedelta(days=365),
            "one_by_one": "yes" if item.by_person else "no",
            "ground": item.ground,
            "article": item.article,
        }
        super().__init__(*args, **more)
        keys = [one.pk for one in systems if one.pk != item.system_id]
        self.fields["system"].queryset = System.objects.filter(pk__in=keys).order_by("code")  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a use is refused or ended."""

    reason = sentences(gettext_lazy("Reason"), longest=500, rows=2)


class TransferForm(forms.Form):
    """What moved: how many and when; of one person, for which matter."""

    count = forms.IntegerField(label=gettext_lazy("How many entries"), min_value=1)
    moved_at = moment(gettext_lazy("When"))
    number = forms.CharField(
        label=gettext_lazy("Number of the person's own matter"),
        max_length=40,
        help_text=gettext_lazy("It is shown to them there, and to nobody else."),
    )

    def __init__(self, *args: Any, is_bulk: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if is_bulk:
            del self.fields["number"]
        else:
            self.fields["count"].initial = 1

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "number" in said:
            said["matter"] = find_matter(said.pop("number"))
        return said


def mark(typed: str) -> str:
    """Return the code after which a page of a list begins, "" where it can be none."""
    return typed if CODE.fullmatch(typed) else ""


def find_matter(number: str) -> Matter | None:
    """Return the matter with a number, if there is one; whether it may be named, the action says."""
    found = Matter.objects.select_related("kind", "place", "office").filter(
        number=tidy_number(number)
    )
    return found.first()


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

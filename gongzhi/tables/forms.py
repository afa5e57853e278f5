from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import User
from gongzhi.base.fields import offer
from gongzhi.tables.fields import Table, tables
from gongzhi.tables.models import DAY_MINUTES, Drop
from gongzhi.tables.queries.files import TYPES
from gongzhi.tables.readers import ENCODINGS, MB

CRS = ("WGS84", "GCJ02", "BD09", "CGCS2000")
ENDINGS = ".csv,.xlsx,.json,.jsonl"
MOST_MB = 190  # of what a page sends; larger files come by a folder
WHOSE = _("The name of the system or the ledger: with it an id is known again.")


def _systems() -> list[tuple[str, str]]:
    names = {"WGS84": "WGS 84", "GCJ02": "GCJ-02", "BD09": "BD-09", "CGCS2000": "CGCS2000"}
    return [(code, names[code]) for code in CRS]


def _crs() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Coordinate system"),
        choices=_systems,
        help_text=_("Of points and boundaries, if there are any."),
    )


def _encoding() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=lambda: [("", _("told from the file")), *((one, one) for one in ENCODINGS)],
    )


class SendForm(forms.Form):
    """A file of a table."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, XLSX or JSON. Its first line names the columns, as the template has them."
        ),
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
    )
    source = forms.CharField(label=_("Whose ids"), max_length=60, help_text=WHOSE)
    crs = _crs()
    encoding = _encoding()

    def __init__(self, *args: Any, table: Table, **more: Any) -> None:
        super().__init__(*args, **more)
        names = {one.name for one in table.fields}
        if "id" not in names:
            del self.fields["source"]
        if not names & {"lon", "wkt"}:
            del self.fields["crs"]

    def clean_file(self) -> Any:
        """Refuse a file that is larger than a page may send."""
        sent = self.cleaned_data["file"]
        if sent.size > MOST_MB * MB:
            said = _("This file is larger than %(most)d MB. Put it into a folder instead.")
            raise forms.ValidationError(said, params={"most": MOST_MB})
        return sent


class DropForm(forms.Form):
    """A folder that is looked at, or written to."""

    name = forms.CharField(
        label=_("Name of the system"), max_length=60, help_text=_("Of the other system.")
    )
    way = forms.ChoiceField(label=_("Way"), choices=Drop.Way.choices, widget=forms.RadioSelect)
    table = forms.ChoiceField(label=_("Table"))
    folder = forms.CharField(
        label=_("Folder"),
        max_length=200,
        help_text=_("Below the root that the operator set, such as hotline/daily."),
    )
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("username"),
        label=_("Who answers for it"),
        to_field_name="username",
        help_text=_("Their rights count for what comes in and goes out."),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    source = forms.CharField(label=_("Whose ids"), max_length=60, required=False, help_text=WHOSE)
    minutes = forms.IntegerField(
        label=_("Every so many minutes"),
        min_value=1,
        max_value=7 * DAY_MINUTES,
        initial=15,
        help_text=_("What goes out is first written at two at night; 1440 is once a day."),
    )
    form = forms.ChoiceField(
        label=_("Form of what goes out"), choices=[(one, one.upper()) for one in TYPES]
    )
    crs = _crs()
    encoding = _encoding()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "table", [(one.name, one.label) for one in tables().values()])

    @classmethod
    def of(cls, drop: Drop, typed: Any = None) -> DropForm:
        """Return the form of a folder as it is, or as somebody wants it."""
        given = {name: getattr(drop, name) for name in cls.base_fields}
        return cls(typed, initial=given | {"owner": drop.owner.username})

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile, ZipFile

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office, Post, Role, User
from gongzhi.accounts.queries import colleagues
from gongzhi.deadlines.models import Calendar
from gongzhi.manage import queries
from gongzhi.matters.models import Inspection, Kind, KindClass, Object
from gongzhi.places.models import Place
from gongzhi.places.queries import on_day

MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024
SHAPE_PARTS = {".shp", ".shx", ".dbf", ".cpg"}
NEW = {"autocomplete": "new-password"}
DAY = {"type": "date"}


def tell(form: forms.Form, fault: ValidationError) -> None:
    """Show what an action refused beside the field it is about, or above the form."""
    faults = fault.error_dict if hasattr(fault, "error_dict") else {"": [fault]}
    for name, found in faults.items():
        form.add_error(name if name in form.fields else None, found)


def moment(label: Any) -> forms.DateTimeField:
    """Return a field for a day and a time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def day(label: Any, **kwargs: Any) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **kwargs
    )


def few(label: Any, most: int, **kwargs: Any) -> forms.CharField:
    """Return a field for a few sentences."""
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=most, required=False, widget=area, **kwargs)


class KindForm(forms.Form):
    """One edition of a kind.  Its object has four choices: there is none for a person."""

    FIRST = ("kind_class", "code", "listed_on", "name_zh", "name_en", "object", "duty")

    kind_class = forms.ModelChoiceField(
        KindClass.objects.order_by("rank"), label=gettext_lazy("Class"), empty_label=None
    )
    code = forms.SlugField(
        max_length=60,
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Small letters, digits and underscores, such as street_light."),
    )
    listed_on = day(gettext_lazy("Listed from"))
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100)
    object = forms.ChoiceField(
        label=gettext_lazy("What it is about"),
        choices=Object.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Never a person, a gathering or a home."),
    )
    duty = forms.ChoiceField(label=gettext_lazy("Whose duty it is"))
    limit_value = forms.IntegerField(
        label=gettext_lazy("To be answered within"), min_value=1, max_value=999
    )
    limit_unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    urgent_value = forms.IntegerField(
        label=gettext_lazy("Where it is urgent, within"), min_value=1, max_value=999
    )
    urgent_unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    inspection = forms.ChoiceField(
        label=gettext_lazy("How the result is checked"), choices=Inspection.choices
    )
    hint_zh = few(gettext_lazy("Hint for whoever raises it, in Chinese"), 200)
    hint_en = few(gettext_lazy("Hint, in English"), 300)
    evidence = forms.CharField(
        label=gettext_lazy("Evidence required"), max_length=200, required=False
    )
    evidence_en = forms.CharField(
        label=gettext_lazy("Evidence, in English"), max_length=300, required=False
    )
    ground = few(gettext_lazy("Legal ground"), 300)
    ground_en = few(gettext_lazy("Legal ground, in English"), 400)
    keywords = few(
        gettext_lazy("Words people use for it"),
        4000,
        help_text=gettext_lazy("Parted by |. By them a message is suggested to be of this kind."),
    )
    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=30, required=False)
    public = forms.BooleanField(label=gettext_lazy("Shown on the public board"), required=False)
    settles = forms.BooleanField(
        label=gettext_lazy("A grid worker may settle it on the spot"), required=False
    )
    danger = forms.BooleanField(label=gettext_lazy("Dangerous in itself"), required=False)
    sealed = forms.BooleanField(
        label=gettext_lazy("Leaves the house only as number and state"), required=False
    )

    def __init__(self, *args: Any, last: Kind | None = None, **kwargs: Any) -> None:
        if last:
            names = self.base_fields.keys() - {"listed_on"}
            kwargs["initial"] = {name: getattr(last, name) for name in names}
        super().__init__(*args, **kwargs)
        if last:
            del self.fields["code"]
        units = Kind._meta.get_field("limit_unit").choices
        for name in ("limit_unit", "urgent_unit"):
            self.fields[name].choices = units  # type: ignore[attr-defined]
        duties = ({last.duty: last.duty} if last else {}) | queries.duties()
        self.fields["duty"].choices = duties.items()  # type: ignore[attr-defined]

    def before_limits(self) -> list[forms.BoundField]:
        """Return the fields that stand above the time limits."""
        return [field for field in self if field.name in self.FIRST]

    def after_limits(self) -> list[forms.BoundField]:
        """Return the fields that stand below them."""
        limits = {"limit_value", "limit_unit", "urgent_value", "urgent_unit"}
        return [field for field in self if field.name not in {*self.FIRST, *limits}]


class DelistForm(forms.Form):
    """From when on a kind is listed no more."""

    on = day(gettext_lazy("Listed until"))


class NamesForm(forms.Form):
    """What a place and the things in it are called."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    local_code = forms.CharField(label=gettext_lazy("Local code"), max_length=40, required=False)
    also = forms.CharField(
        label=gettext_lazy("What people call things there"),
        required=False,
        max_length=8000,
        help_text=gettext_lazy(
            "One a line: streets, markets, bus stops. A message that names one finds this place."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_also(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["also"].splitlines() if line.strip()]


class ImportForm(forms.Form):
    """A file of places, with the coordinate system it is in."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "GeoJSON, CSV, or a shapefile with all its parts in one .zip; at most 64 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.csv,.zip"}),
    )
    crs = forms.ChoiceField(
        label=gettext_lazy("Coordinate system of the file"),
        choices=(
            ("", gettext_lazy("Choose")),
            ("CGCS2000", gettext_lazy("CGCS2000 (national, as on surveyors' maps)")),
            ("WGS84", gettext_lazy("WGS 84 (GPS)")),
            ("GCJ02", gettext_lazy("GCJ-02 (Amap, Tencent)")),
            ("BD09", gettext_lazy("BD-09 (Baidu)")),
        ),
        help_text=gettext_lazy("A wrong choice moves every boundary by some hundred metres."),
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(_("The file is larger than 64 MB. Split it by township."))
        if Path(file.name or "").suffix.lower() not in (".geojson", ".json", ".csv", ".zip"):
            raise ValidationError(_("Give a .geojson, .csv or .zip file."))
        return file


@contextmanager
def on_disk(file: UploadedFile[Any]) -> Iterator[Path]:
    """Put an upload into a folder for as long as it is read; of a .zip only a shapefile's parts.

    :raises ValidationError: a .zip that is none, unpacks too large or holds not one shapefile
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{Path(file.name or '').suffix.lower()}"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        yield _unpack(path) if path.suffix == ".zip" else path


def _unpack(path: Path) -> Path:
    try:
        with ZipFile(path) as packed:
            parts = [p for p in packed.infolist() if Path(p.filename).suffix.lower() in SHAPE_PARTS]
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise ValidationError(
                    _("The file unpacks to more than 512 MB. Split it by township.")
                )
            shapes = [part for part in parts if part.filename.lower().endswith(".shp")]
            if len(shapes) != 1:
                raise ValidationError(_("The .zip must hold one shapefile: .shp, .shx and .dbf."))
            stem = shapes[0].filename[:-4]
            for part in parts:
                if part.filename[:-4] == stem:
                    # Names from outside are not used: a part cannot land elsewhere.
                    to = path.with_name(f"shape{Path(part.filename).suffix.lower()}")
                    with packed.open(part) as source, to.open("wb") as target:
                        shutil.copyfileobj(source, target)
    except BadZipFile:
        raise ValidationError(_("The .zip cannot be opened. Was it sent whole?")) from None
    return path.with_name("shape.shp")


class _InPlace(forms.Form):
    """A form that names a place by its code: grids are too many for a list."""

    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=24,
        help_text=gettext_lazy("Its code; down to the community also from the list."),
        widget=forms.TextInput(
            attrs={"list": "places", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, **kwargs)
        self.wide = queries.wide(on)

    def clean_place(self) -> Place:
        code = self.cleaned_data["place"].split()[0]
        found = on_day(self.on).filter(code=code).first()
        if not found:
            raise ValidationError(_("No place has this code: %(code)s.") % {"code": code})
        return found


class OfficeForm(_InPlace):
    """A new office with its duty."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=60)
    duty = forms.SlugField(
        label=gettext_lazy("Duty"),
        max_length=40,
        help_text=gettext_lazy("As the catalogue names it: what has this duty comes here."),
        widget=forms.TextInput(attrs={"list": "duties", "autocomplete": "off"}),
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.order_by("code"), label=gettext_lazy("Working calendar"), empty_label=None
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    field_order = ("name_zh", "name_en", "code", "duty", "place", "calendar", "phone")


class ChangeOfficeForm(forms.Form):
    """What can be changed of an office."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    duty = forms.SlugField(
        label=gettext_lazy("Duty"),
        max_length=40,
        help_text=gettext_lazy("As the catalogue names it: what has this duty comes here."),
        widget=forms.TextInput(attrs={"list": "duties", "autocomplete": "off"}),
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.order_by("code"), label=gettext_lazy("Working calendar"), empty_label=None
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(office, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)


class CloseOfficeForm(forms.Form):
    """Whether the posts in an office end with it."""

    end_posts = forms.BooleanField(
        label=gettext_lazy("The posts in it end on the same day"), required=False
    )


class AccountForm(forms.Form):
    """A new account; its posts follow."""

    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]*$",
        label=gettext_lazy("Sign-in name"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits, dots and dashes."),
        error_messages={
            "invalid": gettext_lazy("Use small letters, digits, dots and dashes only.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    email = forms.EmailField(label=gettext_lazy("Work e-mail"), required=False)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        help_text=gettext_lazy("Hand it over in person. At least 8 characters, not only digits."),
        widget=forms.PasswordInput(attrs=NEW),
    )

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class PasswordForm(forms.Form):
    """A new password for somebody who forgot theirs."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("Hand it over in person. At least 8 characters, not only digits."),
        widget=forms.PasswordInput(attrs=NEW),
    )

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class AppointForm(_InPlace):
    """A post for somebody."""

    role = forms.ChoiceField(label=gettext_lazy("As what"), choices=Role.choices)
    office = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("place__path", "code"),
        label=gettext_lazy("Office"),
        required=False,
        help_text=gettext_lazy("A handler serves in an office."),
        empty_label=gettext_lazy("none"),
    )
    field_order = ("role", "place", "office")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("role") == Role.HANDLER and not said.get("office"):
            self.add_error("office", _("A handler serves in an office: name it."))
        return said


class EndForm(forms.Form):
    """Which post ends."""

    post = forms.ModelChoiceField(Post.objects.none())

    def __init__(self, *args: Any, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = Post.objects.held(at).filter(user=user)  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """From when to when somebody is away, and who stands in."""

    starts_at = moment(gettext_lazy("Away from"))
    ends_at = moment(gettext_lazy("Back at"))
    deputy = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who stands in"))

    def __init__(self, *args: Any, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = colleagues(user, at)  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """What somebody looks for among those who work here, or in the histories."""

    q = forms.CharField(required=False, max_length=60)

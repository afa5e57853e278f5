from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile, ZipFile

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024
# What a .zip that is cut off, locked or packed in an unknown way raises while it is read.
UNREADABLE = (BadZipFile, EOFError, OSError, RuntimeError, ValueError, zlib.error)
SHAPE_PARTS = {".shp", ".shx", ".dbf", ".cpg"}


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
    """A file of places or addresses, with the coordinate system it is in."""

    what = forms.ChoiceField(
        label=gettext_lazy("What is in the file?"),
        choices=(
            ("places", gettext_lazy("Places with their boundaries")),
            ("addresses", gettext_lazy("Addresses: the whole library anew (CSV)")),
        ),
        initial="places",
        widget=forms.RadioSelect,
    )
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
    except UNREADABLE:
        raise ValidationError(_("The .zip cannot be opened. Was it sent whole?")) from None
    return path.with_name("shape.shp")

"""Files of places and addresses → rows: GeoJSON, Shapefile and CSV, with the coordinate system declared.

Whatever is wrong with one row stands in its ``fault``, a sentence; only a file that cannot be read
at all raises.  Boundaries come out in WGS 84 degrees (lon, lat).
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import struct
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import charset_normalizer
import numpy as np
import shapefile
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gongzhi.base import geo

# What a column may be called, in any case; the first name is ours.
COLUMNS = {
    "code": ("code", "编码", "代码", "区划代码"),
    "name_zh": ("name_zh", "name", "名称", "中文名", "地址"),
    "name_en": ("name_en", "英文名"),
    "level": ("level", "级别", "层级"),
    "parent": ("parent", "parent_code", "上级编码", "上级"),
    "local_code": ("local_code", "本地编码", "自编码"),
    "also": ("names", "also", "别名", "俗称"),
    "wkt": ("wkt", "geometry", "边界"),
    "lon": ("lon", "lons", "经度"),
    "lat": ("lat", "lats", "纬度"),
}
REQUIRED = ("code", "name_zh", "level")
OF_ADDRESSES = ("name_zh", "lon", "lat")
SIMPLE = ("code", "name_zh", "name_en", "level", "parent", "local_code")
LONGEST = {"name_zh": 80, "name_en": 120, "local_code": 40}
MANY_NAMES = 200
ENCODINGS = [
    "gb18030",
    "big5",
    "utf_16",
    "utf_32",
]  # what a file that is not UTF-8 may be written in
BETWEEN = re.compile(r"[;；、|]")
BREAKS = re.compile(r"[\s,;，；]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FLAT = re.compile(r"单元|[室户房]$|[0-9]楼$|\b(flat|apartment|unit|room|floor)\b", re.IGNORECASE)
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would run


@dataclass(frozen=True, slots=True)
class Row:
    """One place as a file or a generator tells it; ``number`` counts rows from 1.

    ``boundary`` is ``None`` where none was given: a place that exists keeps the one it has.
    """

    number: int
    code: str
    name_zh: str
    level: str
    name_en: str = ""
    parent: str = ""
    local_code: str = ""
    also: tuple[str, ...] = field(default=())
    boundary: BaseGeometry | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One row of the address library as a file or a generator tells it, in WGS 84."""

    number: int
    name_zh: str
    name_en: str = ""
    lat: float = 0.0
    lon: float = 0.0
    fault: str = ""


class RowFaultError(Exception):
    """One row cannot be read; its text is the sentence for whoever sent the file."""


def read_places(path: Path, crs: str) -> Iterator[Row]:
    """Read the rows of a file whose coordinates are in ``crs`` (see `geo.tidy_crs`).

    :raises ValidationError: the file cannot be read at all; nothing was read
    """
    path, crs = Path(path), _tidy(crs)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ValidationError(_("Give a .geojson, .shp or .csv file."))
    if not path.is_file():
        raise ValidationError(_("There is no file “%(path)s”.") % {"path": path})
    return _rows(reader(path), crs)


def read_addresses(path: Path, crs: str) -> Iterator[AddressRow]:
    """Read the rows of a CSV file of addresses whose points are in ``crs``.

    :raises ValidationError: the file cannot be read at all; nothing was read
    """
    path, crs = Path(path), _tidy(crs)
    if path.suffix.lower() != ".csv":
        raise ValidationError(_("Give a .csv file."))
    if not path.is_file():
        raise ValidationError(_("There is no file “%(path)s”.") % {"path": path})
    lines = _table(_decode(path), OF_ADDRESSES)
    return (_address(number, line, crs) for number, line in enumerate(lines, 1))


def place_rows(lines: Iterable[tuple[int, dict[str, str]]], crs: str) -> Iterator[Row]:
    """Read numbered lines by the names of `COLUMNS`, whatever file they stood in, as `read_places` does."""
    crs = _tidy(crs)
    return (_row(number, line, partial(_csv_boundary, line), crs) for number, line in lines)


def address_rows(lines: Iterable[tuple[int, dict[str, str]]], crs: str) -> Iterator[AddressRow]:
    """Read numbered lines of addresses, whatever file they stood in, as `read_addresses` does."""
    crs = _tidy(crs)
    return (_address(number, line, crs) for number, line in lines)


def _address(number: int, line: dict[str, Any], crs: str) -> AddressRow:
    known = _known(_whole(line))
    row = AddressRow(number, _text(known.get("name_zh")), _text(known.get("name_en")))
    try:
        _check_names(row)
        lon, lat = (float(_text(known.get(name))) for name in ("lon", "lat"))
        point = shapely.get_coordinates(_convert(shapely.Point(lon, lat), crs))[0]
    except ValueError:
        return replace(row, fault=_("The point cannot be read: write degrees or metres."))
    except RowFaultError as fault:
        return replace(row, fault=str(fault))
    return replace(row, lat=float(point[1]), lon=float(point[0]))


def _check_names(row: AddressRow) -> None:
    """Refuse what no name can be, and a flat: where people live is in no library of ours."""
    if not row.name_zh:
        raise RowFaultError(_("“%(column)s” is empty.") % {"column": "name_zh"})
    _check_plain({"name_zh": row.name_zh, "name_en": row.name_en})
    if FLAT.search(row.name_zh) or FLAT.search(row.name_en):
        raise RowFaultError(_("An address ends with the building. Leave out floors and flats."))


def _tidy(crs: str) -> str:
    try:
        return geo.tidy_crs(crs)
    except geo.UnknownCrsError:
        raise ValidationError(
            _(
                "The coordinate system “%(crs)s” is not known. Declare WGS84, CGCS2000, GCJ02, BD09 or EPSG:n."
            )
            % {"crs": crs}
        ) from None


# One record of any format: its columns by their own names, and how to get its boundary.
Record = tuple[Mapping[str, Any], Callable[[], BaseGeometry | None]]


def _rows(records: Iterable[Record], crs: str) -> Iterator[Row]:
    for number, (columns, boundary) in enumerate(records, 1):
        yield _row(number, columns, boundary, crs)


def _row(
    number: int, columns: Mapping[str, Any], boundary: Callable[[], BaseGeometry | None], crs: str
) -> Row:
    known = _known(columns)
    texts: dict[str, Any] = {name: _text(known.get(name)) for name in SIMPLE}
    row = Row(number=number, also=_also(known.get("also")), **texts)
    try:
        _check_texts(row)
        return replace(row, boundary=_convert(boundary(), crs))
    except RowFaultError as fault:
        return replace(row, fault=str(fault))


def _known(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns by our names."""
    by_name = {str(name).strip().lower(): value for name, value in columns.items()}
    return {
        ours: by_name[name]
        for ours, names in COLUMNS.items()
        for name in reversed(names)
        if name in by_name
    }


def _text(value: Any) -> str:
    # Spreadsheets and shapefiles hand codes over as numbers.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _also(value: Any) -> tuple[str, ...]:
    names = value if isinstance(value, list) else BETWEEN.split(_text(value))
    return tuple(dict.fromkeys(name for one in names if (name := _text(one))))


def _check_texts(row: Row) -> None:
    """Refuse what no name or code can be: empty, too long, a formula, unseen characters."""
    for name in REQUIRED:
        if not getattr(row, name):
            raise RowFaultError(_("“%(column)s” is empty.") % {"column": name})
    _check_plain({name: getattr(row, name) for name in SIMPLE} | {"names": "".join(row.also)})
    for name in row.also:
        _check_plain({"names": name})
    if len(row.also) > MANY_NAMES or any(len(name) > LONGEST["name_zh"] for name in row.also):
        raise RowFaultError(_("“%(column)s” is too long.") % {"column": "names"})


def _check_plain(texts: Mapping[str, str]) -> None:
    """Refuse texts by column that are too long, begin like formulas or hold unseen characters."""
    for name, text in texts.items():
        if CONTROL.search(text):
            raise RowFaultError(_("“%(column)s” holds control characters.") % {"column": name})
        if len(text) > LONGEST.get(name, 4000):
            raise RowFaultError(_("“%(column)s” is too long.") % {"column": name})
        if text.startswith(FORMULA):
            raise RowFaultError(
                _("A cell begins like a formula (=, +, - or @). Write the plain text.")
            )


def _convert(shape: BaseGeometry | None, crs: str) -> BaseGeometry | None:
    """Return ``shape`` in WGS 84, or refuse coordinates that cannot be of ``crs``."""
    if shape is None or shape.is_empty:
        return shape

    def change(nodes: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(geo.to_wgs84(crs, nodes[:, 0], nodes[:, 1]))

    shape = shapely.transform(shapely.force_2d(shape), change)
    west, south, east, north = geo.area_of_use(crs)
    nodes = shapely.get_coordinates(shape)
    low, high = nodes.min(axis=0), nodes.max(axis=0)
    # A little beyond its area a projection is still good; written so that NaN is refused.
    room = 0.0 if crs in geo.NAMED else 1.0
    if (
        not (low >= (west - room, south - room)).all()
        or not (high <= (east + room, north + room)).all()
    ):
        raise RowFaultError(
            _("The coordinates cannot be %(crs)s. Declare the system the file is in.")
            % {"crs": crs}
        )
    return shape


def _decode(path: Path) -> str:
    """Return a file's text, in UTF-8 or whatever Chinese encoding it turns out to be in."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = charset_normalizer.from_bytes(raw, cp_isolation=ENCODINGS).best()
    if best is None:
        raise ValidationError(_("The file is not readable text. Save it as UTF-8 or GB18030."))
    return str(best).removeprefix("\ufeff")


def _read_csv(path: Path) -> Iterator[Record]:
    lines = _table(_decode(path), REQUIRED)
    return ((_whole(line), partial(_csv_boundary, line)) for line in lines)


def _table(text: str, required: Iterable[str]) -> list[dict[Any, Any]]:
    try:
        table = csv.DictReader(io.StringIO(text, newline=""), dialect=_dialect(text))
        _require(table.fieldnames or (), required)
        return list(table)
    except csv.Error as error:
        raise ValidationError(_("The table cannot be read: %(why)s") % {"why": error}) from error


def _dialect(text: str) -> type[csv.Dialect]:
    dialect: type[csv.Dialect] = csv.excel
    head = text.partition("\n")[0]
    if head.count("\t") > head.count(","):
        dialect = csv.excel_tab
    csv.field_size_limit(1 << 27)  # a boundary of a million points
    return dialect


def _whole(line: dict[Any, Any]) -> dict[str, Any]:
    """Return a line without what stood beyond the last column."""
    return {name: value for name, value in line.items() if name is not None}


def _require(names: Iterable[str], required: Iterable[str] = REQUIRED) -> None:
    missing = [name for name in required if name not in _known(dict.fromkeys(names))]
    if missing:
        raise ValidationError(
            _("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)}
        )


def _csv_boundary(line: dict[str, Any]) -> BaseGeometry | None:
    if None in line:
        raise RowFaultError(_("The row has more cells than the table has columns."))
    known = {name: _text(value) for name, value in _known(line).items()}
    if known.get("wkt"):
        return _parse(shapely.from_wkt, known["wkt"])
    if known.get("lon") or known.get("lat"):
        return _parse(_ring, (known.get("lon", ""), known.get("lat", "")))
    return None


def _ring(columns: tuple[str, str]) -> BaseGeometry:
    lon, lat = ([float(n) for n in BREAKS.split(column) if n] for column in columns)
    if not all(map(math.isfinite, (*lon, *lat))):
        raise ValueError(columns)
    return shapely.Polygon(list(zip(lon, lat, strict=True)))


def _parse(how: Callable[[Any], Any], what: Any) -> BaseGeometry:
    try:
        shape: BaseGeometry = how(what)
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError):
        raise RowFaultError(_("The boundary cannot be read.")) from None
    return shape


def _read_geojson(path: Path) -> Iterator[Record]:
    try:
        whole = json.loads(_decode(path))
        features = whole["features"]
        records = [(_properties(one), partial(_geojson_boundary, one)) for one in features]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValidationError(_("The file is not a GeoJSON FeatureCollection.")) from None
    if records:
        _require({name for properties, _boundary in records for name in properties})
    return iter(records)


def _properties(feature: Any) -> dict[str, Any]:
    return dict(feature.get("properties") or {}) if isinstance(feature, dict) else {}


def _geojson_boundary(feature: dict[str, Any]) -> BaseGeometry | None:
    geometry = feature.get("geometry")
    return None if geometry is None else _parse(_geojson_shape, geometry)


def _geojson_shape(geometry: dict[str, Any]) -> BaseGeometry:
    return shapely.from_geojson(json.dumps(geometry))


def _read_shapefile(path: Path) -> Iterator[Record]:
    for encoding in ("utf-8", "gb18030"):  # its .cpg is missing or wrong too often to trust
        with suppress(shapefile.ShapefileException, OSError, ValueError, struct.error):
            return _shapes(path, encoding)
    raise ValidationError(
        _("The shapefile cannot be read. Its .shp, .shx and .dbf must lie side by side.")
    )


def _shapes(path: Path, encoding: str) -> Iterator[Record]:
    with warnings.catch_warnings(), closing(_open(path, encoding)) as reader:
        _require([one[0] for one in reader.fields[1:]])
        return iter(
            [
                (one.record.as_dict(), partial(_shapefile_boundary, one.shape))
                for one in reader.iterShapeRecords()
            ]
        )


def _open(path: Path, encoding: str) -> Any:
    # Many programs write a wrong length into the header and all is well.
    warnings.simplefilter("ignore", shapefile.PossiblyCorruptFileHeader)
    return shapefile.Reader(str(path), encoding=encoding)


def _shapefile_boundary(shape: Any) -> BaseGeometry | None:
    if shape.shapeType == shapefile.NULL:
        return None
    return _parse(shapely.geometry.shape, shape.__geo_interface__)


READERS: dict[str, Callable[[Path], Iterator[Record]]] = {
    ".geojson": _read_geojson,
    ".json": _read_geojson,
    ".shp": _read_shapefile,
    ".csv": _read_csv,
}

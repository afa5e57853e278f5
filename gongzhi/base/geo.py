"""Coordinates: whatever was declared → WGS 84 degrees, and back.

GCJ-02 and BD-09 are the shifted systems of maps in China.  They are no part of PROJ; the formulas
are the ones in common use (googollee/eviltransform, wandergis/coordtransform), the inverses are
iterated until they fit to 1e-11 degree.  Every function takes one point (floats) or many (arrays
of equal shape) and returns the like; longitude (or easting) comes first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyproj import Transformer

Degrees = NDArray[np.float64]
N = TypeVar("N", float, Degrees)

NAMED = ("WGS84", "CGCS2000", "GCJ02", "BD09")
A = 6378245.0  # the ellipsoid of Krasovsky 1940, on which the shift is computed
EE = 0.00669342162296594323
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271  # outside this box nothing is shifted
BD_TURN = math.pi * 3000.0 / 180.0
M_PER_DEGREE = 111_195.0  # of a great circle of the mean radius, 6,371,009 m
ROUNDS = 8  # each divides the error of an inverse by 50 (BD-09) or 300 (GCJ-02)


class UnknownCrsError(ValueError):
    """A coordinate reference system is not one that can be converted."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map between two parallels and two meridians, in degrees of WGS 84."""

    south: float
    west: float
    north: float
    east: float

    def __str__(self) -> str:
        return f"{self.south:.7f},{self.west:.7f},{self.north:.7f},{self.east:.7f}"  # to the centimetre


def read_box(text: str) -> Box | None:
    """Return the box that ``text`` says as `Box` writes it; ``None`` for what is none."""
    try:
        box = Box(*map(float, text.split(",")))
    except (TypeError, ValueError):
        return None
    is_one = -90 <= box.south <= box.north <= 90 and -180 <= box.west <= box.east <= 180  # noqa: PLR2004
    return box if is_one else None


def box_around(lat: float, lon: float, metres: float) -> Box:
    """Return the box whose edges are ``metres`` from a point; one across a pole or 180° is cut off there."""
    up = metres / M_PER_DEGREE
    aside = up / max(math.cos(math.radians(lat)), 0.01)
    south, north = max(lat - up, -90.0), min(lat + up, 90.0)
    return Box(south, max(lon - aside, -180.0), north, min(lon + aside, 180.0))


def metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return how far two points are apart on the mean sphere, by the haversine of their angle."""
    up, aside = math.radians(other_lat - lat), math.radians(other_lon - lon)
    level = math.cos(math.radians(lat)) * math.cos(math.radians(other_lat))
    half = math.sin(up / 2) ** 2 + level * math.sin(aside / 2) ** 2
    return 2 * math.degrees(math.asin(min(1.0, math.sqrt(half)))) * M_PER_DEGREE


def tidy_crs(declared: str) -> str:
    """Return a declared system as WGS84, CGCS2000, GCJ02, BD09 or EPSG:n, however it was written.

    :raises UnknownCrsError: it is none of these, or PROJ does not know the EPSG number
    """
    name = re.sub(r"[\s_-]", "", declared).upper()
    if name in NAMED:
        return name
    if not re.fullmatch(r"EPSG:\d{4,6}", name):
        raise UnknownCrsError(declared)
    _transformer(name)
    return name


def to_wgs84(crs: str, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Return points of ``crs`` as WGS 84 (lon, lat); what cannot be converted is not finite degrees.

    CGCS2000 differs from WGS 84 by centimetres and is taken as it is.

    :raises UnknownCrsError: see `tidy_crs`
    """
    name = tidy_crs(crs)
    if name in SHIFTED:
        return _unshift(SHIFTED[name], lon, lat)
    return (lon, lat) if name in NAMED else _project(name, lon, lat, inverse=False)


def from_wgs84(crs: str, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Return WGS 84 points as (lon, lat) or (easting, northing) of ``crs``.

    :raises UnknownCrsError: see `tidy_crs`
    """
    name = tidy_crs(crs)
    if name == "GCJ02":
        return wgs84_to_gcj02(lon, lat)
    if name == "BD09":
        return wgs84_to_bd09(lon, lat)
    return (lon, lat) if name in NAMED else _project(name, lon, lat, inverse=True)


def area_of_use(crs: str) -> tuple[float, float, float, float]:
    """Return the WGS 84 box (west, south, east, north) in which ``crs`` is meant to be used."""
    if crs in NAMED:
        return (-180.0, -90.0, 180.0, 90.0)
    area = _transformer(crs).source_crs.area_of_use  # type: ignore[union-attr]  # made from one
    return area.bounds if area else (-180.0, -90.0, 180.0, 90.0)


def wgs84_to_gcj02(lon: N, lat: N) -> tuple[N, N]:
    """Return WGS 84 degrees as GCJ-02."""
    east, north = _shift(lon, lat)
    return _in_box(lon, lat, lon + east, lat + north)


def gcj02_to_wgs84(lon: N, lat: N) -> tuple[N, N]:
    """Return GCJ-02 degrees as WGS 84."""

    def shifted(x: N, y: N) -> tuple[N, N]:
        east, north = _shift(x, y)
        return x + east, y + north

    # Whether a point was shifted is decided by where it came from, as on the way there.
    x, y = _invert(shifted, lon, lat)
    inside = _is_in_box(x, y)
    return _choose(inside, x, lon), _choose(inside, y, lat)


def gcj02_to_bd09(lon: N, lat: N) -> tuple[N, N]:
    """Return GCJ-02 degrees as BD-09."""
    m = _maths(lon)
    far = m.sqrt(lon * lon + lat * lat) + 0.00002 * m.sin(lat * BD_TURN)
    turn = _atan2(lat, lon) + 0.000003 * m.cos(lon * BD_TURN)
    return far * m.cos(turn) + 0.0065, far * m.sin(turn) + 0.006


def bd09_to_gcj02(lon: N, lat: N) -> tuple[N, N]:
    """Return BD-09 degrees as GCJ-02."""
    return _invert(gcj02_to_bd09, lon, lat)


def wgs84_to_bd09(lon: N, lat: N) -> tuple[N, N]:
    """Return WGS 84 degrees as BD-09."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: N, lat: N) -> tuple[N, N]:
    """Return BD-09 degrees as WGS 84."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


SHIFTED: dict[str, Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]] = {
    "GCJ02": gcj02_to_wgs84,
    "BD09": bd09_to_wgs84,
}


def _unshift(
    back: Callable[[Degrees, Degrees], tuple[Degrees, Degrees]], lon: Degrees, lat: Degrees
) -> tuple[Degrees, Degrees]:
    """Return ``back`` of what are degrees, and the rest (metres, NaN) as it came."""
    degrees = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)  # noqa: PLR2004  of the globe
    x, y = back(np.where(degrees, lon, 0.0), np.where(degrees, lat, 0.0))
    return np.where(degrees, x, lon), np.where(degrees, y, lat)


def _maths(value: float | Degrees) -> Any:
    """Return the module whose sin, cos, sqrt and fabs suit ``value``: `math` is 20× cheaper for one."""
    return np if isinstance(value, np.ndarray) else math


def _atan2(y: Any, x: Any) -> Any:
    return np.arctan2(y, x) if isinstance(y, np.ndarray) else math.atan2(y, x)


def _choose(condition: Any, yes: N, no: N) -> N:
    if isinstance(yes, np.ndarray):
        return cast("N", np.where(condition, yes, no))
    return yes if condition else no


def _is_in_box(lon: N, lat: N) -> Any:
    return (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)


def _in_box(lon: N, lat: N, new_lon: N, new_lat: N) -> tuple[N, N]:
    inside = _is_in_box(lon, lat)
    return _choose(inside, new_lon, lon), _choose(inside, new_lat, lat)


def _invert(forward: Callable[[N, N], tuple[N, N]], lon: N, lat: N) -> tuple[N, N]:
    """Return the point that ``forward`` takes to (lon, lat), by fixed-point iteration."""
    x, y = lon, lat
    for _ in range(ROUNDS):
        far_x, far_y = forward(x, y)
        x, y = x + (lon - far_x), y + (lat - far_y)
    return x, y


def _waves(m: Any, t: N, long: tuple[tuple[float, float], ...]) -> N:
    """Return the waves, in metres, that both axes of GCJ-02 are made of."""
    total = sum(height * m.sin(t * math.pi / length) for height, length in long)
    return cast("N", total * 2.0 / 3.0)


def _shift(lon: N, lat: N) -> tuple[N, N]:
    """Return the shift of GCJ-02 against WGS 84 in degrees (east, north), without its box."""
    m = _maths(lon)
    x, y = lon - 105.0, lat - 35.0
    root, ripple = m.sqrt(m.fabs(x)), _waves(m, x, ((20.0, 1 / 6), (20.0, 1 / 2)))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north = north + _waves(m, y, ((20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east = east + _waves(m, x, ((20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)))
    phi = lat * math.pi / 180.0
    bulge = 1.0 - EE * m.sin(phi) * m.sin(phi)
    radian = 180.0 / math.pi
    d_lon = east * radian / (A / m.sqrt(bulge) * m.cos(phi))
    d_lat = north * radian / (A * (1.0 - EE) / (bulge * m.sqrt(bulge)))
    return d_lon, d_lat


@lru_cache(maxsize=32)
def _transformer(crs: str) -> Transformer:
    """Return PROJ's way from ``crs`` to WGS 84; loads PROJ on first use."""
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    try:
        return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except CRSError as unknown:
        raise UnknownCrsError(crs) from unknown


def _project(crs: str, x: Degrees, y: Degrees, *, inverse: bool) -> tuple[Degrees, Degrees]:
    east, north = _transformer(crs).transform(x, y, direction="INVERSE" if inverse else "FORWARD")
    return np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)

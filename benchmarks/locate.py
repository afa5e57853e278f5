"""How fast the atlas answers which grid holds a point, beside a bare STRtree in the same run.

``python benchmarks/locate.py [POINTS]``: needs no database.  The points are drawn evenly over the
box of the 3,633 grids of the synthetic district, so that some lie in no grid.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import shapely

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("GONGZHI_SECRETS", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.site.settings")

import django

django.setup()

from gongzhi.base.ids import uuid7
from gongzhi.places import synthetic
from gongzhi.places.atlas import Atlas, Spot

POINTS = 1_000_000
REPEATS = 5
ONES = 20_000


def main() -> None:
    """Print both speeds, their ratio and the time for one point; fail where the answers differ."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else POINTS
    rows = [r for r in synthetic.district(synthetic.SIZES["district"]) if r.level == "grid"]
    shapes = np.array([row.boundary for row in rows], dtype=object)
    atlas = build([_spot(row) for row in rows], shapes)
    points = draw(shapes, n)
    tree = shapely.STRtree(shapes)
    tree_s, pairs = timed(lambda: ask_tree(tree, points))
    atlas_s, found = timed(lambda: atlas.locate_many(points))
    if n_differ := int((one_each(pairs, n) != found).sum()):
        sys.exit(f"{n_differ} of {n} answers differ")
    print(f"bare STRtree      {n / tree_s / 1e6:8.2f} million points/s")
    print(f"locate_many       {n / atlas_s / 1e6:8.2f} million points/s")
    print(f"ratio             {tree_s / atlas_s:8.1f}")
    print(f"locate            {one_us(atlas, points):8.2f} µs for one")


def build(spots: list[Spot], shapes: Any) -> Atlas:
    """Return the atlas; print what building it cost."""
    began = perf_counter()
    atlas = Atlas(spots, shapes)
    print(f"building          {perf_counter() - began:8.2f} s for {len(spots)} grids")
    return atlas


def draw(shapes: Any, n: int) -> Any:
    """Return ``n`` points (lat, lon) over the box of the shapes."""
    west, south, east, north = shapely.total_bounds(shapes)
    lat, lon = np.random.default_rng(1).random((2, n))
    return np.column_stack([south + lat * (north - south), west + lon * (east - west)])


def ask_tree(tree: shapely.STRtree, points: Any) -> Any:
    """Return what a bare tree answers: the pairs (point, grid)."""
    return tree.query(shapely.points(points[:, ::-1]), predicate="intersects")


def one_each(pairs: Any, n: int) -> Any:
    """Return the lowest grid of each of ``n`` points, or -1."""
    found = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(found, *pairs)
    return np.where(found == np.iinfo(np.int64).max, -1, found)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the median seconds of a few runs, and the answer."""
    took = []
    for _ in range(REPEATS):
        began = perf_counter()
        answer = work()
        took.append(perf_counter() - began)
    return median(took), answer


def one_us(atlas: Atlas, points: Any) -> float:
    """Return the mean microseconds of asking for single points."""
    pairs = points[:ONES].tolist()
    began = perf_counter()
    for lat, lon in pairs:
        atlas.locate(lat, lon)
    return (perf_counter() - began) / len(pairs) * 1e6


def _spot(row: Any) -> Spot:
    return Spot(
        id=uuid7(),
        code=row.code,
        path="",
        level=row.level,
        name_zh=row.name_zh,
        name_en=row.name_en,
        also=row.also,
        lat=0.0,
        lon=0.0,
    )


if __name__ == "__main__":
    main()

"""What the look promises: vendored files as pinned, icons that exist, contrast, size, nothing inline."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import re
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parent.parent
STATIC = BASE / "static" / "base"
VENDOR = STATIC / "vendor"
TEMPLATES = sorted(BASE.parent.rglob("templates/**/*.html"))
SCRIPTS = sorted(path for path in BASE.parent.rglob("static/**/*.js") if "vendor" not in path.parts)

STATES = ("waiting", "hand", "soon", "overdue", "done", "deferred")
PAPERS = ("ground", "surface", "sunken", "hover", "brand-soft")
PAIRS = (
    *itertools.product(("ink", "ink-2", "ink-3"), PAPERS),
    *itertools.product(("brand", "brand-strong", "danger"), ("ground", "surface", "brand-soft")),
    *itertools.product(
        ("on-dark",), ("brand", "brand-strong", "brand-deep", "danger", "danger-strong")
    ),
    ("on-dark-2", "brand-deep"),
    *(
        (f"{state}-ink", paper)
        for state in STATES
        for paper in (f"{state}-soft", "surface", "ground", "hover")
    ),
    *(("ink", f"{state}-soft") for state in STATES),
    *(("brand", f"{state}-soft") for state in STATES),
    *(("surface", state) for state in STATES if state != "waiting"),
)


def colours() -> dict[str, str]:
    """Return the colours of the tokens, the first definition of each."""
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6});", (STATIC / "tokens.css").read_text())
    return dict(reversed(found))


def luminance(colour: str) -> float:
    """Return the relative luminance of ``rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_published() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_pair_of_ink_and_paper_can_be_read() -> None:
    found = colours()
    faint = {pair: round(contrast(found[pair[0]], found[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 4.5} == {}


def test_the_edge_of_a_field_and_the_focus_can_be_seen() -> None:
    found = colours()
    assert min(contrast(found[line], found["surface"]) for line in ("line-strong", "focus")) >= 3


def test_vendored_files_are_as_pinned() -> None:
    pinned = json.loads((VENDOR / "manifest.json").read_text())["sha256"]
    files = [path for path in VENDOR.rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    } == pinned


def test_every_vendored_library_carries_its_licence_and_version() -> None:
    versions = json.loads((VENDOR / "manifest.json").read_text())["versions"]
    assert sorted(path.parent.name for path in VENDOR.glob("*/LICENSE")) == sorted(versions)


def test_vendored_files_ask_for_no_map_of_their_source() -> None:
    assert [
        path.name for path in VENDOR.rglob("*.js") if "sourceMappingURL" in path.read_text()
    ] == []


def test_the_sprite_holds_the_listed_icons() -> None:
    held = re.findall(r'<symbol id="([\w-]+)"', (VENDOR / "tabler" / "icons.svg").read_text())
    assert held == (VENDOR / "tabler" / "icons.txt").read_text().split()


def test_every_icon_used_is_in_the_sprite() -> None:
    held = set((VENDOR / "tabler" / "icons.txt").read_text().split())
    asked = r'_icon\.html" with name="([\w-]+)"|\bicon="([\w-]+)"|\|default:"([\w-]+)" class'
    in_pages = [
        name
        for path in TEMPLATES
        for match in re.findall(asked, path.read_text())
        for name in match
        if name
    ]
    in_scripts = [
        name for path in SCRIPTS for name in re.findall(r'\bicon\("([\w-]+)"\)', path.read_text())
    ]
    assert set(in_pages + in_scripts) - held == set()


def test_what_a_resident_loads_to_see_a_page_is_small() -> None:
    sheets = [STATIC / f"{name}.css" for name in ("tokens", "core", "portal")]
    sheets.append(VENDOR / "leaflet" / "leaflet.css")
    assert len(gzip.compress(b"".join(sheet.read_bytes() for sheet in sheets))) <= 25_000


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_page_carries_inline_code(path: Path) -> None:
    text = path.read_text()
    inline = re.findall(
        r'\s(?:style|on\w+)="|<style|<script(?![^>]*(?:src=|application/json))|javascript:', text
    )
    assert inline == []


def test_every_word_of_the_frame_has_its_chinese() -> None:
    asked = r'{%\s*translate\s+"([^"]+)"'
    words = {
        word
        for path in (BASE / "templates").rglob("*.html")
        for word in re.findall(asked, path.read_text())
    }
    po = (BASE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").read_text()
    said = {
        word for word, chinese in re.findall(r'msgid "([^"]+)"\nmsgstr "([^"]*)"', po) if chinese
    }
    assert words - said == set()

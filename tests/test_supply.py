"""What the program is made of: every library has an accepted licence, a pin and a line in the bill of materials."""

from __future__ import annotations

import json
import re
from importlib.metadata import distribution, distributions
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from packaging.utils import canonicalize_name
from packaging.version import Version
from referencing import Registry, Resource

from tools import supply
from tools.supply import Part, copied, licence, pinned, sbom, weaknesses
from tools.vendor import VENDOR

pytestmark = pytest.mark.once
# Of each alternative one has to be among these. LGPL and MPL: used as they are, by import; we change nothing in them.
ACCEPTED = {
    "0BSD", "Apache-2.0", "Artistic-1.0-Perl", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC",
    "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "W3C-20150513", "Zlib",
}  # fmt: skip


def is_accepted(expression: str) -> bool:
    """Return whether every part of an SPDX expression without brackets has an accepted alternative."""
    choices = [part.split(" OR ") for part in expression.split(" AND ")]
    return all(not ACCEPTED.isdisjoint(choice) for choice in choices)


@pytest.mark.parametrize("name", sorted({one.name for one in distributions()}))
def test_what_is_installed_has_an_accepted_licence(name):
    """Who adds a package reads its licence; a new kind of licence is a decision, not a line here."""
    said = licence(distribution(name))
    assert is_accepted(said), f"{name}: “{said}”"


@pytest.mark.parametrize("part", copied(), ids=lambda part: part.name)
def test_what_is_copied_has_an_accepted_licence_and_stands_in_the_repository_with_it(part):
    assert is_accepted(part.licence)
    folder = next(name for name, npm in supply.NPM.items() if npm == part.name)
    assert (VENDOR / folder / "LICENSE").exists()


def test_a_licence_that_is_not_accepted_is_found():
    assert not is_accepted("")
    assert not is_accepted("GPL-3.0-only")
    assert not is_accepted("MIT AND AGPL-3.0-only")
    assert is_accepted("GPL-2.0-only OR MIT")


@pytest.mark.parametrize("kind", ["run", "s3", "dev", "uv"])
def test_every_line_of_the_requirements_is_read_with_its_hashes(kind):
    text = (supply.ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8")
    found = pinned(kind)
    assert len(found) == len(re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE))
    assert all(part.hashes for part in found)
    assert sum(len(part.hashes) for part in found) == text.count("--hash=sha256:")


def test_the_bill_of_materials_is_one_by_the_schema_of_cyclonedx():
    folder = Path(str(find_spec("cyclonedx.schema").submodule_search_locations[0])) / "_res"  # type: ignore[union-attr,index]
    schemas = {file.name: json.loads(file.read_text()) for file in folder.glob("*.schema.json")}
    known = Registry().with_resources(
        (urljoin(schemas["bom-1.6.SNAPSHOT.schema.json"]["$id"], name), Resource.from_contents(one))
        for name, one in schemas.items()
    )
    schema = schemas["bom-1.6.SNAPSHOT.schema.json"]
    checked = Draft7Validator(schema, registry=known)
    assert [fault.message for fault in checked.iter_errors(sbom())] == []
    assert [fault.message for fault in checked.iter_errors(sbom("dev"))] == []
    assert list(checked.iter_errors(sbom() | {"bomFormat": "other"}))  # the schema does refuse


def test_the_bill_names_what_runs_and_nothing_of_tests():
    named = {one["name"] for one in sbom()["components"]}
    assert {"django", "cryptography", "htmx.org", "leaflet"} <= named
    assert "pytest" not in named
    installed = {canonicalize_name(one.name) for one in distributions()}
    assert len(named & installed) > 40  # not a bill of something else
    assert sbom() == sbom()


# --- Known weaknesses, as the OSV schema tells them.
EGG = Part("PyPI", "egg", "2.5")


def record(*events, name="Egg", ecosystem="PyPI", versions=(), **more):
    span = {"type": "ECOSYSTEM", "events": list(events)}
    package = {"name": name, "ecosystem": ecosystem}
    return {
        "id": "X-1",
        "affected": [{"package": package, "ranges": [span], "versions": versions}],
    } | more


@pytest.mark.parametrize(
    ("events", "is_hit"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "2.5"}], False),
        ([{"introduced": "0"}, {"fixed": "2.5.1"}], True),
        ([{"introduced": "2.6"}], False),
        ([{"introduced": "0"}, {"last_affected": "2.5"}], True),
        ([{"introduced": "0"}, {"last_affected": "2.4"}], False),
        ([{"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"}, {"fixed": "3"}], True),
        ([{"introduced": "2"}, {"fixed": "3"}, {"introduced": "0"}, {"fixed": "1"}], True),
        ([{"introduced": "0"}, {"fixed": "1"}, {"introduced": "2.6"}], False),
    ],
)
def test_a_weakness_is_found_by_its_ranges(events, is_hit):
    assert bool(weaknesses([record(*events)], [EGG])) is is_hit


def test_a_weakness_is_found_by_its_versions_and_told_with_its_name():
    assert weaknesses([record(versions=["2.5"], summary="bad")], [EGG]) == ["egg 2.5: X-1 bad"]
    assert weaknesses([record(versions=["2.4"])], [EGG]) == []


def test_another_package_another_world_and_what_was_withdrawn_are_not_ours():
    everything = {"introduced": "0"}
    assert weaknesses([record(everything, name="spam")], [EGG]) == []
    assert weaknesses([record(everything, ecosystem="npm")], [EGG]) == []
    assert weaknesses([record(everything, withdrawn="2026-01-01T00:00:00Z")], [EGG]) == []


@given(
    st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True).map(sorted),
    st.integers(0, 30),
)
def test_ranges_are_what_the_schema_says_they_are(marks, here):
    """Against the schema's own words, written out: from an introduced up to the next fixed."""
    events = [{"introduced" if n % 2 == 0 else "fixed": str(mark)} for n, mark in enumerate(marks)]
    spans = [
        (marks[n], marks[n + 1] if n + 1 < len(marks) else 99) for n in range(0, len(marks), 2)
    ]
    hit = any(since <= here < until for since, until in spans)
    assert bool(weaknesses([record(*events)], [Part("PyPI", "egg", str(here))])) is hit
    assert Version("1.10") > Version("1.9")  # by version, not by letters


def test_none_of_our_libraries_has_a_known_weakness():
    """Where an export of the OSV database is at hand: ``GONGZHI_OSV`` names its ZIP files, parted by commas."""
    files = supply.exports()
    if not files:
        pytest.skip(
            "known weaknesses: set GONGZHI_OSV to an export of the OSV database (PyPI, npm)"
        )
    every = (one for file in files for one in supply.records(file))
    assert weaknesses(every, [*pinned("dev"), *copied()]) == []

"""Bags of our own, and those that the Library of Congress keeps for whoever writes a validator."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.mediation.bagit import bag, faults, is_inside, unzipped, zipped

DAY = date(2026, 3, 2)
PAPERS = {"协议.txt": "各执一份。".encode(), "a/100%.txt": b"", "b\nc": b"x"}
# Whose names this file system, or the rules of version 1.0, read otherwise.
VALID = [
    "v1.0/valid/basicBag",
    "v0.97/valid/basic-bag",
    "v0.97/valid/minimal-bag",
    "v0.97/valid/bag-with-leading-dot-slash-in-manifest",
    "v0.97/valid/uncommon-metadata-separators",
    "v0.97/valid/bag-with-space",
    "v0.97/valid/bag-in-a-bag",
    "v0.97/valid/duplicate-metadata-entries",
    "v0.97/valid/bag-with-escapable-characters",
    "v0.97/valid/ISO-8859-1-encoded-tag-files",
    "v0.97/valid/UTF-16-encoded-tag-files",
]
INVALID = [
    "v1.0/invalid/same-filename-listed-twice-with-the-same-hash",
    "v1.0/invalid/same-filename-listed-twice-with-different-hashes",
    "v1.0/invalid/notAllManifestsListAllFiles",
    "v1.0/invalid/bagit-with-invalid-whitespace",
    "v0.97/invalid/out-of-scope-file-paths-using-dot-notation-for-fetch",
    "v0.97/invalid/extra-file-in-bag",
    "v0.97/invalid/corrupt-tag-file",
    "v0.97/invalid/bom-in-bagit.txt",
    "v0.97/invalid/same-filename-listed-twice-with-different-hashes",
    "v0.97/invalid/out-of-scope-file-paths-using-dot-notation",
    "v0.97/invalid/corrupt-data-file",
    "v0.97/invalid/missing-bagit.txt",
    "v0.97/invalid/baginfo-missing-encoding",
    "v0.97/invalid/invalid-version-number",
    "v0.97/invalid/missing-baginfo",
    "v0.97/linux-only/out-of-scope-file-paths-using-absolute-path",
    "v0.97/linux-only/out-of-scope-file-paths-using-shortcut",
    "v0.97/linux-only/out-of-scope-file-paths-using-absolute-path-for-fetch",
]


def read(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("name", VALID)
def test_a_good_bag_of_others_is_good(shared, name):
    assert faults(read(shared(f"vectors/bagit/{name}"))) == []


@pytest.mark.parametrize("name", INVALID)
def test_a_bad_bag_of_others_is_refused(shared, name):
    assert faults(read(shared(f"vectors/bagit/{name}"))) != []


def test_our_own_bag_is_good_and_comes_out_of_its_file_as_it_went_in():
    made = bag(PAPERS, {"Source-Organization": "人民调解委员会"}, on=DAY)
    assert faults(made) == []
    assert unzipped(zipped("260302-001", made)) == made
    assert zipped("x", made) == zipped("x", dict(reversed(made.items())))
    assert "Payload-Oxum: 16.3" in made["bag-info.txt"].decode()


@pytest.mark.parametrize("path", sorted(bag(PAPERS, {}, on=DAY)))
def test_no_file_can_be_changed_or_taken_away_unseen(path):
    made = bag(PAPERS, {}, on=DAY)
    assert faults(made | {path: made[path] + b"!"}) != []
    if path != "tagmanifest-sha256.txt":  # a bag may do without it; ours is asked for by `faults`
        assert faults({name: content for name, content in made.items() if name != path}) != []


def test_nothing_can_be_slipped_in():
    assert faults({**bag(PAPERS, {}, on=DAY), "data/more.txt": b""}) == [
        "bag-info.txt: another number of bytes or files",
        "manifest-sha256.txt: data/more.txt is not listed",
    ]


def is_plain(path: str) -> bool:
    """Return whether a manifest can hold the path as it is: no blank, star or dot at its ends."""
    return is_inside(path) and path == path.strip("*.").strip()


@given(st.dictionaries(st.text(min_size=1, max_size=12).filter(is_plain), st.binary(max_size=20)))
def test_whatever_is_packed_can_be_checked(payload):
    assert faults(bag(payload, {}, on=DAY)) == []

"""Whatever the program says to people, it says in Chinese too."""

from __future__ import annotations

import shutil

import pytest

from tests.test_alike import OURS
from tools.messages import extract, translations


def test_every_message_is_in_chinese_once():
    if not shutil.which("xgettext"):
        pytest.skip("xgettext is not installed")
    chinese: dict[str, set[str]] = {}
    for message, translation in translations():
        chinese.setdefault(message, set()).add(translation)
    said = {message for app in OURS for message in extract(app)}
    assert {
        "untranslated": sorted(said - set(chinese)),
        "translated differently in two apps": sorted(m for m, t in chinese.items() if len(t) > 1),
        "said nowhere": sorted(set(chinese) - said),
    } == {"untranslated": [], "translated differently in two apps": [], "said nowhere": []}

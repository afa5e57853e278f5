"""Documents that cannot rot: what they name exists, and what exists they name."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def text_of(pattern: str) -> str:
    """Return the text of every file of the project that matches, but for tests."""
    files = (file for file in ROOT.glob(pattern) if "tests" not in file.parts)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_setting_is_documented_and_every_documented_setting_exists():
    code = "".join(map(text_of, ("gongzhi/**/*.py", "tools/*.py", "conftest.py", "Makefile")))
    code += (ROOT / "tests/settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(GONGZHI_\w+)`", text_of("docs/settings.md"), re.MULTILINE))
    assert set(re.findall(r"\bGONGZHI_[A-Z_]*[A-Z]\b", code)) == named


def test_every_link_leads_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_make_target_that_a_document_names_exists():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {t for page in PAGES for t in re.findall(r"`make (\w+)", page.read_text("utf-8"))}
    assert named - targets == set()


def test_every_command_that_a_document_names_exists():
    called = re.compile(r"`(?:python -m )?gongzhi (\w+)")
    named = {c for page in PAGES for c in called.findall(page.read_text(encoding="utf-8"))}
    assert named - set(get_commands()) == set()

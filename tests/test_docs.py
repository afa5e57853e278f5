"""Documents that cannot rot: what they name exists, and what exists they name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands

from gongzhi.accounts.models import Role
from gongzhi.base.moves import Lifecycle
from gongzhi.matters import states
from gongzhi.matters.forms import FORMS
from gongzhi.matters.management.commands.demo import MATTERS
from gongzhi.matters.models import Channel, Object
from gongzhi.places.readers import COLUMNS
from gongzhi.places.synthetic import SIZES
from tools.handbook import PAGE, renewed
from tools.messages import translations

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
LINK = re.compile(r"(?:\]\(|src=\")(?!https?:|mailto:)([^)\s\"]+)")
BOLD = re.compile(r"\*\*(.+?)\*\*")
FIGURE = re.compile(
    r"(?:\d[\d,.]*|\d+ ?%) ?"
    r"(?:(?:requests|rows|points|matters) a second|ms\b|µs|CPU-ms|次/秒|行/秒|点/秒|毫秒|微秒)"
)
NOT_BUILT = {42}  # shared data items
TUTORIALS = {"en": DOCS / "tutorials", "zh": DOCS / "zh" / "tutorials"}


def text_of(pattern: str) -> str:
    """Return the text of every file of the project that matches, but for tests."""
    files = (file for file in ROOT.glob(pattern) if "tests" not in file.parts)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def first_column(page: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)`", read(page), re.MULTILINE))


# --- Settings, commands, make.


def test_every_setting_is_documented_and_every_documented_setting_exists():
    code = "".join(
        map(
            text_of, ("gongzhi/**/*.py", "tools/*.py", "benchmarks/*.py", "conftest.py", "Makefile")
        )
    )
    code += read("tests/settings.py")
    named = {name for name in first_column("docs/settings.md") if name.startswith("GONGZHI_")}
    assert set(re.findall(r"\bGONGZHI_[A-Z_]*[A-Z]\b", code)) == named


def test_every_command_of_ours_is_documented_and_every_documented_command_exists():
    ours = {name for name, app in get_commands().items() if str(app).startswith("gongzhi.")}
    listed = read("docs/commands.md").partition("\n## Make")[0]
    assert set(re.findall(r"^\| `(\w+)`", listed, re.MULTILINE)) == ours


def test_every_column_of_a_file_of_places_is_documented():
    page = read("docs/commands.md")
    named = {name for names in COLUMNS.values() for name in names}
    assert sorted(name for name in named if not re.search(rf"\b{name}\b", page)) == []


def test_every_command_that_a_document_names_exists():
    called = re.compile(r"(?:`|python -m )gongzhi ([a-z]\w+)")
    named = {c for page in PAGES for c in called.findall(page.read_text(encoding="utf-8"))}
    assert named - set(get_commands()) == set()


def test_every_make_target_that_a_document_names_exists():
    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE))
    named = {
        t for page in PAGES for t in re.findall(r"`[^`]*\bmake (\w+)`", page.read_text("utf-8"))
    }
    assert named - targets == set()


def test_every_tool_that_a_document_names_exists():
    called = re.compile(r"(?<![.\w])tools[./]([a-z]\w*)")
    named = {t for page in PAGES for t in called.findall(page.read_text(encoding="utf-8"))}
    assert [name for name in sorted(named) if not (ROOT / "tools" / f"{name}.py").exists()] == []


# --- Links and files.


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", head.strip().lower()) for head in heads)
    return {re.sub(r"\s", "-", head) for head in plain}


def broken_links(page: Path) -> Iterator[str]:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        file, _stroke, anchor = unquote(target).partition("#")
        to = (page.parent / file) if file else page
        if not to.exists() or (anchor and anchor not in anchors(to)):
            yield f"{page.relative_to(ROOT)}: {target}"


def test_every_link_leads_somewhere():
    assert [link for page in PAGES for link in broken_links(page)] == []


def test_every_decision_is_listed():
    listed = read("docs/decisions/README.md")
    files = {page.name for page in (DOCS / "decisions").glob("*.md")} - {"README.md"}
    assert sorted(name for name in files if f"]({name})" not in listed) == []


def test_every_file_that_the_architecture_names_exists():
    named = re.findall(r"`((?:gongzhi|tools|tests)/[\w/.]+)`", text_of("docs/**/*.md"))
    assert sorted({name for name in named if not (ROOT / name).exists()}) == []


def test_pictures_are_small():
    pictures = list((DOCS / "images").glob("*.png"))
    assert pictures
    assert [p.name for p in pictures if p.stat().st_size > 300_000] == []


# --- Figures.


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_every_figure_of_the_readme_stands_in_the_report_of_performance(page: str):
    measured = re.sub(r"[,\s]", "", read("docs/performance.md"))
    claims = [re.match(r"[\d,.]+", claim) for claim in FIGURE.findall(read(page))]
    numbers = {claim[0].replace(",", "").rstrip(".") for claim in claims if claim}
    assert sorted(number for number in numbers if number not in measured) == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readme_tells_the_size_of_the_demo_and_of_the_catalogue_as_they_are(page: str):
    demo = SIZES["demo"]
    with (ROOT / "gongzhi/matters/seeds/catalogue.csv").open(encoding="utf-8", newline="") as file:
        kinds = list(csv.DictReader(file))
    sizes = (demo.townships, demo.communities, demo.grids, f"{MATTERS['demo']:,}", len(kinds))
    numbers = re.findall(r"\d[\d,]*", read(page))
    assert [size for size in sizes if str(size) not in numbers] == []


# --- Words and the lifecycle.


def test_the_lifecycle_page_is_as_the_table_is():
    assert PAGE.read_text(encoding="utf-8") == renewed(PAGE.read_text(encoding="utf-8")), (
        "renew it: python -m tools.handbook"
    )


def words() -> set[str]:
    rows = re.findall(r"^\|[^|]*\|([^|]*)\|([^|]*)\|$", read("docs/words.md"), re.MULTILINE)
    return {word for row in rows for cell in row for word in re.findall(r"`([^`]+)`", cell)}


def test_every_word_is_used_in_the_code():
    code = text_of("gongzhi/**/*.py") + text_of("gongzhi/**/seeds/*.csv")
    unused = [w for w in words() if not all(part in code for part in (w, *w.split()))]
    assert [w for w in unused if w.replace(" ", "_") not in code.lower()] == []


def test_every_move_role_channel_object_and_level_has_its_word():
    lifecycles = [v for v in vars(states).values() if isinstance(v, Lifecycle)]
    levels = re.findall(r"^\d+,(\w+),", read("gongzhi/places/seeds/levels.csv"), re.MULTILINE)
    named = {move.name for lifecycle in lifecycles for move in lifecycle.moves}
    named |= {*Role.values, *Channel.values, *Object.values, *levels}
    assert sorted(named - words()) == []


# --- Behaviours.


def test_every_behaviour_has_tests_of_the_names_that_are_listed():
    listed = read("docs/behaviours.md")
    named = re.findall(r"`(\w+)::(test_\w+)`", listed)
    files = {app: (text_with_tests(app)) for app, _test in named}
    assert [f"{app}::{test}" for app, test in named if f"def {test}(" not in files[app]] == []
    numbers = [int(n) for n in re.findall(r"^\| (\d+) \|", listed, re.MULTILINE)]
    assert sorted({*numbers, *NOT_BUILT}) == list(range(1, 43))


def text_with_tests(app: str) -> str:
    folder = ROOT / "tests" if app == "tests" else ROOT / "gongzhi" / app / "tests"
    return "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("test_*.py"))


# --- Tutorials: what stands in bold stands on a screen, word for word.


def pages_of(language: str) -> dict[str, str]:
    return {f.name: f.read_text(encoding="utf-8") for f in TUTORIALS[language].glob("*.md")}


def on_screens() -> tuple[set[str], set[str]]:
    """Return every message and every translation, plurals apart."""
    english: set[str] = set()
    chinese: set[str] = set()
    for message, translation in translations():
        english.update(message.split(" | "))
        chinese.update({translation, *re.findall(r"'([^']+)'", translation)})
    return english, chinese


def test_both_languages_have_the_same_tutorials():
    assert set(pages_of("en")) == set(pages_of("zh"))


@pytest.mark.parametrize(("language", "n"), [("en", 0), ("zh", 1)])
def test_what_a_tutorial_writes_in_bold_stands_on_a_screen(language: str, n: int):
    known = on_screens()[n] | {"bold", "粗体字"}  # the page that says so
    stray = {
        f"{name}: {said}"
        for name, text in pages_of(language).items()
        for said in BOLD.findall(text)
        if said not in known
    }
    explained = {s for s in stray if not s.endswith((".", "。"))}  # the beginnings of list items
    assert sorted(explained) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_button_of_staff_is_explained(language: str):
    chinese = dict(translations())
    said = {bold for text in pages_of(language).values() for bold in BOLD.findall(text)}
    labels = {name: _english(states.MATTER[name].label) for name in FORMS}
    wanted = {n: label if language == "en" else chinese[label] for n, label in labels.items()}
    assert sorted(n for n, label in wanted.items() if label not in said) == []


def _english(label: object) -> str:
    from django.utils.translation import override

    with override("en"):
        return str(label)

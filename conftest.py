"""Fixtures every test may use; app-only fixtures live in the app's own tests."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed
from hypothesis import settings

from gongzhi.base import kept
from gongzhi.base.kept import forget
from tools.messages import compile_messages

# How long an example takes depends on what else the machine does.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

COUNTS = "query_counts.json"
DATABASE = {"db", "transactional_db"}  # who asks for these reads tables
ROOT = Path(__file__).resolve().parent
# Where the data was promised, its absence is a fault and not a reason to skip.
STRICT = os.environ.get("CI") == "true" and os.environ.get("GONGZHI_SHARED_EXPECTED") == "1"


def pytest_configure() -> None:
    """Compile the translations that tests read, and forget those read before."""
    for written in compile_messages():
        translation_file_changed(None, written)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what says the same again: tests without tables, and those marked so."""
    if connection.vendor == "postgresql":
        left_out = {
            item for item in items if item.get_closest_marker("once") or not _has_tables(item)
        }
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def _has_tables(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("django_db") is not None
    by_class = issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
    return marked or by_class or not DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was skipped, and why, each reason once."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else "?"
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, times in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {times}: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(autouse=True)
def _forget_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test list its own catalogue and places, and begin in Chinese."""
    forget()
    monkeypatch.setattr(kept, "QUICK_S", 60)  # a slow machine must not show counts of a moment ago
    translation.activate("zh-hans")


@pytest.fixture
def as_(client: Client, town: Any) -> Callable[[str], Client]:
    """Sign somebody of an app's cast in and return their browser."""

    def sign_in(name: str) -> Client:
        client.force_login(getattr(town, name))
        return client

    return sign_in


@pytest.fixture
def queries(request: pytest.FixtureRequest) -> Callable[[str], AbstractContextManager[None]]:
    """Compare the queries of a block with the number on file in ``tests/query_counts.json``.

    ``QUERY_COUNTS=write pytest -n 0`` writes new numbers; review them like code.
    """
    file = Path(request.path).with_name(COUNTS)

    @contextmanager
    def expect(name: str) -> Iterator[None]:
        with CaptureQueriesContext(connection) as seen:
            yield
        known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        if os.environ.get("QUERY_COUNTS") == "write":
            known[name] = len(seen)
            file.write_text(json.dumps(known, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
        elif known.get(name) != len(seen):
            lines = "\n".join(query["sql"][:200] for query in seen.captured_queries)
            pytest.fail(f"{name}: {known.get(name)} queries on file, {len(seen)} made:\n{lines}")

    return expect


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Find data that stands beside the project: ``shared("messages/replies_2816.csv")``.

    In ``GONGZHI_SHARED``, by default the sibling folder ``shared``. Without it the test is
    skipped; in CI that expects it (``GONGZHI_SHARED_EXPECTED=1``) the test fails.
    """
    folder = Path(os.environ.get("GONGZHI_SHARED") or ROOT.parent / "shared")

    def find(name: str) -> Path:
        for path in (folder / "data" / name, folder / name):
            if path.exists():
                return path
        missing = f"shared data {name} is not here: set GONGZHI_SHARED to its folder"
        if STRICT:
            pytest.fail(missing)
        pytest.skip(missing)

    return find

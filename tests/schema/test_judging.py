"""Every migration after the line lets the code of before go on running: docs/upgrade.md.

The line, ``line.csv``, names the last migration of each app that is not asked: there was no
release before them.  ``LINE=write pytest -n 0 tests/schema`` moves it, when a release is made.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from gongzhi import __version__
from tests.schema.judging import faults

LINE = Path(__file__).with_name("line.csv")
LOADER = MigrationLoader(None)


def line() -> dict[str, str]:
    with LINE.open(encoding="utf-8", newline="") as file:
        return dict(csv.reader(file))


def after_the_line() -> list[Migration]:
    """Return the migrations that are asked, those of others' apps as well."""
    drawn = line()
    return [
        migration
        for (app, name), migration in sorted(LOADER.disk_migrations.items())
        if name > drawn.get(app, "")
    ]


def test_the_line_names_migrations_that_are_there():
    if os.environ.get("LINE") == "write":
        last = dict(sorted(LOADER.disk_migrations))
        with LINE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(last.items())
    assert [one for one in line().items() if one not in LOADER.disk_migrations] == []


@pytest.mark.django_db
def test_the_code_of_before_goes_on_after_every_migration():
    told = {}
    for one in after_the_line():
        before = LOADER.project_state((one.app_label, one.name), at_end=False)
        assert isinstance(before, ProjectState)
        told[f"{one.app_label}.{one.name}"] = faults(before, one, __version__)
    broken = [f"{name}: {said}" for name, all_said in told.items() for said in all_said]
    assert broken == [], "\n".join(["", *broken, "How to do it: docs/upgrade.md"])

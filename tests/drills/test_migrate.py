"""Bringing the tables up to date is killed in the middle, again and again: the next time finishes it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.drills.kill import ROOT, end
from tests.drills.test_kill import installed

KILLS = 12
SEED = 11
EARLIEST_S, LATEST_S = 2.0, 8.0  # after it was started; the first second and a half is Python's
# Each table, column, index and constraint, as the database itself tells it.
SCHEMA = """
import json
from django.db import connection
told = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2",
    "postgresql": "SELECT 'column', table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable,"
    " column_default, character_maximum_length) FROM information_schema.columns WHERE table_schema = 'public'"
    " UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    " UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2, 3",
}[connection.vendor]
with connection.cursor() as cursor:
    cursor.execute(told)
    print(json.dumps(cursor.fetchall()))
"""

pytestmark = [pytest.mark.django_db, pytest.mark.drill]  # though in databases of their own


def ours(env: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "gongzhi", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def schema(env: dict[str, str]) -> list[list[str]]:
    found: list[list[str]] = json.loads(ours(env, "shell", "--no-imports", "-c", SCHEMA))
    return found


def applied(env: dict[str, str]) -> int:
    return ours(env, "showmigrations", "--plan").count("[X]")


def test_a_migration_that_is_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    drawn, reached = random.Random(SEED), [0]
    with installed(tmp_path / "killed", "killed") as killed:
        for _n in range(KILLS):
            process = subprocess.Popen(
                [sys.executable, "-m", "gongzhi", "migrate", "-v0"],
                cwd=ROOT,
                env=killed,
                start_new_session=True,
            )
            time.sleep(drawn.uniform(EARLIEST_S, LATEST_S))
            end(process)
            reached.append(applied(killed))
        ours(killed, "migrate", "-v0")
        found = schema(killed)
    with installed(tmp_path / "whole", "whole") as whole:
        ours(whole, "migrate", "-v0")
        expected = schema(whole)

    sys.stdout.write(f"migrations done after each kill: {reached}\n")
    assert found == expected
    assert reached == sorted(reached)
    assert len(set(reached)) > 2  # it was killed in the middle, not only before and after

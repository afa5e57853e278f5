"""Server and workers are killed in the middle, or a crowd comes: what was shown is there, every effect once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

ROOT = Path(__file__).parents[2]
ON_POSTGRES = "postgresql" in settings.DATABASES["default"]["ENGINE"]

pytestmark = pytest.mark.django_db  # though in databases of their own


@contextmanager
def installed(folder: Path, name: str = "one") -> Iterator[dict[str, str]]:
    """Give the environment of a new installation with an empty database of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GONGZHI_")}
    ours = {"GONGZHI_VAR": str(folder), "GONGZHI_DEMO": "0", "GONGZHI_LOG": "error"}
    ours["DJANGO_SETTINGS_MODULE"] = "gongzhi.site.settings"
    ours["GONGZHI_SECRETS"] = "test"
    if not ON_POSTGRES:
        yield kept | ours
        return
    server, _slash, _name = os.environ["GONGZHI_DATABASE"].partition("?")[0].rpartition("/")
    database = f"gongzhi_drill_{os.getpid()}_{name}"
    with psycopg.connect(os.environ["GONGZHI_DATABASE"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
        try:
            yield kept | ours | {"GONGZHI_DATABASE": f"{server}/{database}"}
        finally:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a new installation."""
    with installed(tmp_path) as env:
        yield env


def drill(house: dict[str, str], *options: str, of: str = "kill") -> dict[str, Any]:
    """Play in a process of its own and return what it counted."""
    for arguments in (["tools.prepare"], [f"tests.drills.{of}", *options]):
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=house, stdout=subprocess.PIPE, text=True, check=True
        )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def expect(told: dict[str, Any], *, receipts: int, kills: int) -> None:
    assert told.pop("delivered_again") <= kills  # a worker has one letter in hand at a time
    assert told == {
        "kills": {"web": kills, "worker": kills},
        "shown": receipts,
        "shown_but_lost": 0,
        "matters": receipts,
        "chains_broken": 0,
        "jobs_left": 0,
        "letters": receipts,
        "letters_unsent": 0,
        "letters_twice": 0,
        "never_delivered": 0,
        "again_but_not_counted": 0,
        "notices": receipts // 10,
        "notices_twice": 0,
    }


def test_every_receipt_shown_exists_and_every_effect_is_there_once(house):
    expect(drill(house, "--receipts", "40", "--kills", "1"), receipts=40, kills=1)


def test_in_a_crowd_nobody_who_sends_is_sent_away_and_readers_are_told_when_to_come(house):
    told = drill(house, of="crowd")
    readers = told.pop("readers")

    assert told == {"shown": 20, "shown_but_lost": 0, "senders_sent_away": 0}
    assert readers.keys() == {"200", "503 in 5 s"}


@pytest.mark.drill
def test_the_same_for_a_thousand_receipts(house):
    told = drill(house, "--receipts", "1000", "--kills", "8", "--wait")
    sys.stdout.write(f"{json.dumps(told)}\n")
    expect(told, receipts=1000, kills=8)

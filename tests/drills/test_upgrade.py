"""A new release comes in while people raise matters, and goes again: every answer is there."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.drills.test_kill import ROOT, house  # noqa: F401  the fixture
from tests.drills.upgrade import before

pytestmark = [pytest.mark.django_db, pytest.mark.drill]


def test_nobody_notices_that_a_release_comes_and_goes(house):  # noqa: F811
    if not before():
        pytest.skip("without git's history there is no code of before")
    command = [sys.executable, "-m", "tests.drills.upgrade", "--receipts", "80"]
    done = subprocess.run(
        command, cwd=ROOT, env=house, stdout=subprocess.PIPE, text=True, check=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    sys.stdout.write(f"{json.dumps(told)}\n")
    assert told.pop("shown") >= 80
    assert told == {
        "shown_but_lost": 0,
        "raised_unshown": 0,
        "photos_lost": 0,
        "photos_unready": 0,
        "accepted": True,
        "chains_broken": 0,
        "letters_unsent": 0,
        "leases_kept": 0,
        "ends": [0, 0, 0, 0],
        "faults": [],
    }

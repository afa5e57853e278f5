"""Two installations, kills and cuts: in the end both histories say the same, nothing twice, nothing lost."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.drills import levels
from tests.drills.test_kill import installed

pytestmark = pytest.mark.django_db  # though in databases of their own


@pytest.fixture
def envs(tmp_path: Path) -> Iterator[dict[str, dict[str, str]]]:
    """The environments of two new installations, each with an empty database of its own."""
    with ExitStack() as stack:
        found = {}
        for side in levels.SIDES:
            (tmp_path / side).mkdir()
            found[side] = stack.enter_context(installed(tmp_path / side, side))
        yield found


def expect(told: levels.Told, matters: int) -> None:
    """Both ends are the same, all that was raised has ended, and every chain is whole."""
    summary: dict[str, Any] = {
        side: {k: v for k, v in getattr(told, side).items() if k != "shared"}
        for side in levels.SIDES
    }
    summary |= {"kills": told.kills, "seconds": round(told.seconds)}
    sys.stdout.write(f"{json.dumps(summary)}\n")
    assert told.differences == []
    assert told.lower["raised"] == matters
    handed = len(told.lower["shared"])
    assert handed == len(told.upper["shared"]) == told.upper["copies"] >= matters
    assert told.lower["broken"] == told.upper["broken"] == 0
    assert told.lower["n_told"] == told.upper["n_heard"]
    assert told.upper["n_told"] == told.lower["n_heard"]


def test_what_goes_up_and_comes_back_is_the_same_at_both_ends(envs):
    expect(levels.play(envs, matters=16, kills=3, cuts=1, wait=False), 16)


@pytest.mark.drill
def test_the_same_for_ten_thousand_matters(envs):
    matters = int(os.environ.get("LEVEL_MATTERS", "10000"))
    expect(
        levels.play(envs, matters=matters, kills=matters // 100, cuts=matters // 250, wait=True),
        matters,
    )

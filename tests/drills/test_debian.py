"""What deploy/README.md tells works on an empty Debian, and docs/upgrade.md while people ask."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.drills.debian import missing
from tests.drills.kill import ROOT

pytestmark = [pytest.mark.drill, pytest.mark.once]


def test_an_empty_debian_is_installed_and_nobody_waits_for_the_next_release():
    if why := missing():
        pytest.skip(why)
    with TemporaryDirectory(prefix="gongzhi-debian-", ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-m", "tests.drills.debian", str(Path(folder, "root"))]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    sys.stdout.write(f"{json.dumps(told)}\n")
    assert told.pop("asked") > 20
    assert told == {
        "code": ["0"],
        "pages": ["200"] * 3,
        "refused": [],
        "folders": ["0.1.0", "next", "next", "next", "next"],
        "services": ["done"],
        "backups": 1,
    }

"""Our program with a clock that a file puts forward or back, in seconds: ``GONGZHI_DRILL_CLOCK``.

The web server is started with ``tests.drills.stepped:application``, a worker with
``python -m tests.drills.stepped``.  What measures how long something takes is left alone.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

FILE = Path(os.environ["GONGZHI_DRILL_CLOCK"])
seconds, nanoseconds = time.time, time.time_ns


def put_by() -> int:
    """Return by how many seconds the clock is put forward."""
    return int(FILE.read_text(encoding="ascii"))


time.time = lambda: seconds() + put_by()
time.time_ns = lambda: nanoseconds() + put_by() * 10**9
timezone.now = lambda: datetime.fromtimestamp(time.time(), UTC)

# Only now: what is imported from here on reads this clock.
from gongzhi.site.wsgi import application  # noqa: E402

__all__ = ["application"]

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(["gongzhi", "work"])

"""A worker in which one kind of job ends the whole process: ``python -m tests.drills.poisoned``."""

from __future__ import annotations

import os
import signal

from django.core.management import execute_from_command_line

from gongzhi.jobs.handlers import Work, on


@on("poison", leaves=True)
def end(_work: Work) -> None:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    execute_from_command_line(["gongzhi", "work"])

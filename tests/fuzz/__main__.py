"""Fuzz one parser for a while: ``python -m tests.fuzz mail --minutes 5``.

With atheris at hand (it has wheels for Linux alone, so it is no requirement: ``uv pip install atheris``)
inputs are led by which branches they reach; without it they are drawn.  What falls is written to the
corpus under a name that says only its digest: rename it to what it is, mend the parser, keep it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import time
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> None:
    """Read what is asked for, and fuzz."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz")
    asked.add_argument("name")
    asked.add_argument("--minutes", type=float, default=5)
    given = asked.parse_args()
    if find_spec("atheris"):
        _led(given.name, given.minutes)
    else:
        _drawn(given.name, given.minutes)


def _setup() -> None:
    import django

    django.setup()


def _drawn(name: str, minutes: float) -> None:
    _setup()
    from tests.fuzz.making import changed
    from tests.fuzz.targets import TARGETS

    drawn, until, n = random.Random(), time.monotonic() + 60 * minutes, 0
    while time.monotonic() < until:
        sent = changed(name, drawn)
        n += 1
        try:
            TARGETS[name](sent)
        except Exception:
            sys.stderr.write(f"kept as {_keep(name, sent)}\n")
            raise
    sys.stderr.write(f"{name}: {n} inputs, none fell\n")


def _led(name: str, minutes: float) -> None:
    import atheris

    with atheris.instrument_imports(include=["gongzhi"]):
        _setup()
        from tests.fuzz.making import MOST, seeds
        from tests.fuzz.targets import TARGETS

    folder = Path(os.environ["GONGZHI_VAR"]) / "inputs"
    folder.mkdir()
    for n, sent in enumerate(seeds(name)):
        (folder / str(n)).write_bytes(sent)

    def one(sent: bytes) -> None:
        try:
            TARGETS[name](sent)
        except Exception:
            sys.stderr.write(f"kept as {_keep(name, sent)}\n")
            raise

    limits = [f"-max_total_time={int(60 * minutes)}", f"-max_len={MOST}", "-timeout=20"]
    atheris.Setup([sys.argv[0], str(folder), *limits], one)
    atheris.Fuzz()


def _keep(name: str, sent: bytes) -> Path:
    from tests.fuzz.making import CORPUS

    file = CORPUS / name / hashlib.sha256(sent).hexdigest()[:12]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(sent)
    return file


if __name__ == "__main__":
    main()

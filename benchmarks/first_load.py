"""How long a cheap telephone on a slow network waits for the field: first, again, and without network.

``python -m benchmarks.first_load [--write]``: the production server with the demo's district, a
headless Chromium whose processor is slowed to a sixth and whose network is that of 3G at its slowest
(400 kbit/s, 400 ms there and back).  Each row is the middle of some loads by a browser that knew
nothing before.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import fixture
from benchmarks.pages import write
from benchmarks.requests import sign_in

MATTERS = 20_000
TIMES = 5
SLOWER = 6
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
WANTED_S = 4
SCREEN = {"width": 375, "height": 812}
HEAD = (
    "| load of the field's first page | KB over the network | usable after s |\n| --- | --: | --: |"
)
# Seconds from the start of a load until the page can be used.
USABLE = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd / 1000"


@dataclass(slots=True)
class Loads:
    """Seconds of each load, and kilobytes until the page could be used."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    kilobytes: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, seconds: float, kilobytes: float) -> None:
        """Keep one load."""
        self.seconds.setdefault(name, []).append(seconds)
        self.kilobytes.setdefault(name, []).append(kilobytes)


def main() -> None:
    """Measure in a process of its own, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(measure())
        return
    database = fixture.on_sqlite(MATTERS)
    fixture.command(database, "-m", "tools.prepare")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.first_load", "--here"],
        env=fixture.environment(database),
        stdout=subprocess.PIPE,
        check=True,
    )
    text = f"{HEAD}\n{done.stdout.decode().strip()}"
    print(text)
    if given.write:
        write(text, "first_load")


def measure() -> str:
    """Return the rows."""
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from benchmarks.serving import serving
    from gongzhi.accounts.models import Post, Role

    post = Post.objects.filter(role=Role.GRID_WORKER).select_related("user").order_by("pk")[0]
    session, loads = sign_in(post.user), Loads()
    with serving() as server, sync_playwright() as playwright:
        for _time in range(TIMES):
            with browser(playwright, server.port, session) as page:
                _load(page, server.port, loads)
    rows = [
        f"| {name} | {median(loads.kilobytes[name]):.0f} | {median(seconds):.2f} |"
        for name, seconds in loads.seconds.items()
    ]
    return "\n".join(rows)


@contextmanager
def browser(playwright: Any, port: int, session: str) -> Iterator[Any]:
    """Open a telephone's browser that knows nothing yet but who is signed in."""
    from tests.browser.people import CHROMIUM, QUIET

    system = next((path for path in CHROMIUM if Path(path).exists()), None)
    with tempfile.TemporaryDirectory() as folder:
        context = playwright.chromium.launch_persistent_context(
            folder, executable_path=system, args=QUIET, viewport=SCREEN, locale="zh-CN"
        )
        context.add_cookies(
            [{"name": "sessionid", "value": session, "url": f"http://localhost:{port}"}]
        )
        try:
            yield context.pages[0]
        finally:
            context.close()


def _load(page: Any, port: int, loads: Loads) -> None:
    """Load the page for the first time, once more, and with the network gone."""
    line = page.context.new_cdp_session(page)
    came: list[float] = []
    line.on("Network.loadingFinished", lambda said: came.append(said["encodedDataLength"]))
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    address = f"http://localhost:{port}/field/"

    def load(name: str) -> None:
        came.clear()
        page.goto(address, wait_until="domcontentloaded")
        until = sum(came) / 1024
        loads.note(name, page.evaluate(USABLE), until)

    load("by a browser that knows nothing")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(30_000)  # until what belongs at hand has come
    load("again")
    line.send("Network.emulateNetworkConditions", {**SLOW_3G, "offline": True})
    page.context.set_offline(True)
    load("without network")


if __name__ == "__main__":
    main()

"""The installation that a browser visits, and the people who sit before it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from gongzhi.accounts.tests.provider import CLIENT, Provider, providing
from tests.browser.people import CHROMIUM, PHONE, QUIET, Person, System, Town, Web
from tests.browser.telephones import Telephone

BACK = "/sign-in/provider/back/"
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, so that ``make test`` leaves it out."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """Serve an identity provider, before which somebody sits who is signed in there."""
    with providing() as known:
        yield known


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Town]:
    """Plant a small town and serve it as in production: granian, a worker, hashed static files."""
    folder = tmp_path_factory.mktemp("town")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")} | {
        "DJANGO_SETTINGS_MODULE": "gongzhi.site.settings",
        "GONGZHI_VAR": str(folder),
        "GONGZHI_ORIGIN": f"http://localhost:{port}",
        "GONGZHI_PROOF_MINUTES": "720",  # who signed in for one test goes on in the next
        "GONGZHI_OIDC": provider.issuer,
        "GONGZHI_OIDC_CLIENT": CLIENT,
        "GONGZHI_OIDC_NAME": "District ID",
    }
    provider.back, provider.method = f"http://localhost:{port}{BACK}", "none"
    planted, log = folder / "town.json", folder / "server.log"
    plant = [sys.executable, "-m", "tests.browser.plant", str(planted)]
    subprocess.run(plant, cwd=ROOT, env=env, check=True, capture_output=True, timeout=300)
    serve = (
        "-m granian --interface wsgi --workers 1 --blocking-threads 64 --no-ws --log-level error"
    )
    at = ["--host", "127.0.0.1", "--port", str(port), "gongzhi.site.wsgi:application"]
    with log.open("w") as said:

        def start(*words: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env=env,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

        worker, web = start("-m", "gongzhi", "work"), Web(lambda: start(*serve.split(), *at))
        try:
            found = Town(f"http://localhost:{port}", folder, web, **json.loads(planted.read_text()))
            web.start()
            _wait(found.address, log)
            yield found
        finally:
            web.kill()
            worker.terminate()
            worker.wait(20)


@pytest.fixture
def plant(town: Town) -> Callable[..., None]:
    """Plant more in the town that stands, as `plant.py` is told."""

    def more(*words: str) -> None:
        env = {k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")} | {
            "DJANGO_SETTINGS_MODULE": "gongzhi.site.settings",
            "GONGZHI_VAR": str(town.folder),
            "GONGZHI_ORIGIN": town.address,
        }
        run = [sys.executable, "-m", "tests.browser.plant", *words]
        subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True, timeout=300)

    return more


def _wait(address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The server does not answer:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium once; where there is none, Playwright's own."""
    system = next((path for path in CHROMIUM if Path(path).exists()), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def somebody(town: Town, chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Let people sit down: ``somebody("acceptor", screen=DESK)``; nobody may meet a fault."""
    present: list[Person] = []

    def sit(role: str = "", **how: Any) -> Person:
        person = Person(chromium, town, role, **{"screen": PHONE, **how})
        present.append(person)
        return person

    yield sit
    troubles = [line for person in present for line in person.leaves()]
    assert troubles == []


@pytest.fixture
def telephone(town: Town, chromium: Browser, tmp_path: Path) -> Iterator[Any]:
    """Return a maker of telephones, each with what its browser is told besides."""
    made: list[Telephone] = []

    def one(*more: str) -> Telephone:
        folder = tmp_path / f"telephone-{len(made)}"
        made.append(Telephone(chromium.browser_type, town, folder, *more))
        return made[-1]

    yield one
    for each in made:
        each.kill()


@pytest.fixture
def outbox(town: Town) -> System:
    """Return the outside world: where short messages arrive while developing."""
    return System(town)

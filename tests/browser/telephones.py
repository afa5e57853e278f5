"""A telephone: a browser of its own with what it keeps on disk, at times without network or battery."""

from __future__ import annotations

import sqlite3
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, ViewportSize, expect

from tests.browser.people import CHROMIUM, PHONE, QUIET, Person, Town
from tests.browser.samples import picture

PATIENCE_MS = 60_000


class Telephone:
    """A browser of its own with what it keeps on disk, which can be killed."""

    def __init__(self, sort: BrowserType, town: Town, folder: Path, *more: str) -> None:
        self.sort, self.town, self.folder, self.more = sort, town, folder, more
        self.start()

    def start(self) -> None:
        system = next((path for path in CHROMIUM if Path(path).exists()), None)
        screen = ViewportSize(width=PHONE["width"], height=PHONE["height"])
        self.context: BrowserContext = self.sort.launch_persistent_context(
            self.folder,
            executable_path=system,
            args=[*QUIET, *self.more],
            viewport=screen,
            locale="zh-CN",
        )
        self.page: Page = self.context.pages[0]
        self.page.set_default_timeout(PATIENCE_MS)

    def kill(self) -> None:
        """As when the battery dies: at once, whatever it does."""
        subprocess.run(["pkill", "-KILL", "-f", f"user-data-dir={self.folder}"], check=False)
        with suppress(Exception):
            self.context.close()

    def goes(self, address: str) -> None:
        self.page.goto(f"{self.town.address}{address}")

    def signs_in(self, role: str = "grid_worker") -> None:
        self.goes("/field/")
        if "/sign-in/" in self.page.url:  # else the browser kept its session
            self.page.locator("[name=login]").fill(self.town.people[role])
            self.page.locator("[name=password]").fill(self.town.password)
            self.page.locator("form:has([name=password]) button[type=submit]").click()
            self.page.wait_for_url(lambda url: "/sign-in/" not in url)
        self.waits(
            "navigator.serviceWorker.controller && store.all('pages')"
            ".then((all) => all.some((page) => page.address === '/field/map/'))"
        )

    def waits(self, truth: str) -> None:
        """Wait until what a script says is true."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.page.evaluate(f"(async () => Boolean(await ({truth})))()"):
            assert time.monotonic() < deadline, truth
            time.sleep(0.2)

    def reports(self, text: str, *, photo: bool = False) -> None:
        """Report something, as far as the device takes it."""
        Person.wrote.add(text)
        self.goes("/field/report/")
        self.page.locator("[name=text]").fill(text)
        if photo:
            self.page.locator("[name=photos]").set_input_files(
                {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": picture()}
            )
            expect(self.page.locator("[data-previews] li")).to_have_count(1)
        self.page.locator("form[data-act] button[type=submit]").click()
        self.page.wait_for_url(lambda url: not url.endswith("/field/report/"))

    def syncs(self) -> None:
        """As the browser does once the network is back."""
        self.page.evaluate("void sender.sync()")

    def at_hand(self, start: str) -> list[str]:
        """Return the addresses of pages at hand that begin so, once all have come."""
        self.waits("sender.sync()")
        pages: list[str] = self.page.evaluate(
            "store.all('pages').then((a) => a.map((p) => p.address))"
        )
        return [address for address in pages if address.startswith(start)]

    def may_settle(self, address: str) -> bool:
        self.goes(address)
        return self.page.locator("form[data-act]").count() > 0

    def acts(self) -> Counter[str]:
        states: list[str] = self.page.evaluate(
            "store.all('acts').then((all) => all.map((a) => a.state))"
        )
        return Counter(states)

    def all_arrived(self) -> None:
        self.waits("store.all('acts').then((all) => all.every((act) => act.state === 'done'))")


@contextmanager
def without_network(town: Town) -> Iterator[None]:
    """Let no server answer."""
    town.web.kill()
    try:
        yield
    finally:
        town.web.start()
        _wait(town)


def _wait(town: Town) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError):
            urllib.request.urlopen(f"{town.address}/worker.js", timeout=5).close()
            return
        time.sleep(0.2)
    pytest.fail("The server does not answer.")


def arrived(town: Town, like: str) -> Counter[str]:
    """Return the texts of matters that begin so, and how often each is there."""
    with sqlite3.connect(f"file:{town.folder / 'gongzhi.sqlite3'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT text FROM matters_matter WHERE text LIKE ?", [f"{like}%"])
        return Counter(text for (text,) in rows)

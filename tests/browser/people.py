"""Those who sit before a browser: they press what they see and read what it says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    StorageState,
    expect,
)

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PHONE = {"width": 375, "height": 812}
DESK = {"width": 1280, "height": 800}
LOCALES = {"zh": "zh-CN", "en": "en-US"}
PATIENCE_S = 20
SLOW_MS = 15_000
expect.set_options(timeout=SLOW_MS)


class Web:
    """The web server of the town, which may be killed and started anew."""

    def __init__(self, make: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.make = make
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.running = self.make()

    def kill(self) -> None:
        """End it at once with all its children, in the middle of whatever it does."""
        if self.running:
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
        self.running = None


@dataclass
class Town:
    """What the planting wrote down: see plant.py; and how to start its web server anew."""

    address: str
    folder: Path
    web: Web
    password: str
    people: dict[str, str]
    matters: dict[str, dict[str, str]]
    place: str
    place_name: str
    community: str
    community_name: str
    office: str
    roads: str
    kind: str
    said: list[str]
    meetings: dict[str, str]
    petitions: dict[str, str]
    webhooks: dict[str, str]
    hotline: dict[str, str]
    mailbox: dict[str, str]
    sharing: dict[str, str]
    levels: dict[str, str]
    device: str
    tables: dict[str, str]
    assets: dict[str, str]
    errands: dict[str, str]
    patrol: dict[str, str]
    hazards: dict[str, str]
    rights: dict[str, str]
    demands: dict[str, str]
    counter: dict[str, str]
    mediation: dict[str, str]
    situation: str
    absence: str
    posts: dict[str, str]
    day: str
    rows: dict[str, str]


class Person:
    """Somebody with a device of their own; with ``role`` they sign in through the form.

    What their browser complains of (script errors, refused or failed requests, answers of 500) is
    gathered in ``troubles``.
    """

    signed_in: dict[str, StorageState] = {}
    wrote: set[str] = set()  # whatever anybody wrote: nobody translates it

    def __init__(
        self,
        browser: Browser,
        town: Town,
        role: str = "",
        *,
        screen: dict[str, int],
        language: str = "zh",
        **more: Any,
    ) -> None:
        self.town, self.role, self.language = town, role, language
        self.troubles: list[str] = []
        self.context = browser.new_context(
            base_url=town.address,
            viewport={"width": screen["width"], "height": screen["height"]},
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            storage_state=self.signed_in.get(f"{town.address} {role}"),
            **more,
        )
        self.context.set_default_timeout(SLOW_MS)
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda fault: self.troubles.append(f"script: {fault.error}"))
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._answered)
        self.page: Page = self.context.new_page()
        if role and f"{town.address} {role}" not in self.signed_in:
            self.signs_in()

    def _heard(self, message: ConsoleMessage) -> None:
        # Answers of 4xx are judged by what they are, below; browsers write each to the console.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.troubles.append(f"console at {message.location.get('url')}: {message.text}")

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # left the page before it came
            self.troubles.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        most = 500 if response.request.resource_type in {"document", "fetch", "xhr"} else 400
        if response.status >= most:
            self.troubles.append(f"{response.status}: {response.url}")

    # --- What they do.

    def signs_in(self) -> None:
        """Sign in through the form, and remember it for the next who sits here."""
        self.goes("/sign-in/")
        self.page.locator("[name=login]").fill(self.town.people[self.role])
        self.page.locator("[name=password]").fill(self.town.password)
        self.page.locator("form:has([name=password]) button[type=submit]").click()
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)
        self.signed_in[f"{self.town.address} {self.role}"] = self.context.storage_state()

    def goes(self, address: str) -> int:
        """Open an address and return the status of its answer."""
        response = self.page.goto(address)
        assert response
        return response.status

    def presses(self, name: str, *, within: Locator | None = None) -> None:
        """Press the button, link or summary with this name; one that stands in the open."""
        self.find(name, within).click()

    def sends(self, name: str, *, within: Locator | None = None) -> int:
        """Press the button that sends a form, and return the status of the first answer."""
        return self.answer_to(self.find(name, within).click)

    def answer_to(self, act: Callable[[], object]) -> int:
        """Do something that sends a form; wait for the page that follows."""
        with self.page.expect_response(
            lambda answer: (
                answer.request.method == "POST" and answer.request.is_navigation_request()
            )
        ) as answer:
            act()
        status = answer.value.status
        self.page.wait_for_load_state()
        return status

    def find(self, name: str, within: Locator | None = None) -> Locator:
        """Return the button, link or summary with this name."""
        root = within or self.page.locator("body")
        words = re.compile(rf"^\s*{re.escape(name)}\s*[a-zA-Z]?\s*$")  # a letter: the key of a move
        button = root.get_by_role("button", name=words).or_(root.get_by_role("link", name=words))
        summary = root.locator("summary").filter(has_text=words)
        return button.or_(summary).locator("visible=true").first

    def writes(self, label: str, text: str, *, within: Locator | None = None) -> None:
        """Write into the field with this label."""
        self.wrote.add(text)
        root = within or self.page.locator("body")
        root.get_by_label(label).locator("visible=true").first.fill(text)

    def types(self, keys: str) -> None:
        """Press keys one after the other."""
        for key in keys.split():
            self.page.keyboard.press(key)

    def reads(self, *words: str) -> None:
        """Check that the page says all of ``words``, in the open."""
        for said in words:
            expect(self.page.locator("body")).to_contain_text(said, use_inner_text=True)

    def misses(self, *words: str) -> None:
        """Check that the page says none of ``words``."""
        for said in words:
            expect(self.page.locator("body")).not_to_contain_text(said, use_inner_text=True)

    def scrolls_sideways(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def leaves(self) -> list[str]:
        """Close the browser and return its complaints; with ``SHOTS``, leave a picture there."""
        if folder := os.environ.get("SHOTS"):
            name = f"{self.role or 'resident'}-{time.time():.2f}.png"
            self.page.screenshot(path=Path(folder) / name, full_page=True)
        self.context.close()
        return self.troubles


class System:
    """The world outside: what was sent there."""

    def __init__(self, town: Town) -> None:
        self.file = town.folder / "outbox" / "sms.jsonl"

    def message_to(self, phone: str, having: str) -> str:
        """Wait for the latest message to ``phone`` that contains ``having``; return its text."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for line in reversed(self._lines()):
                if line["to"] == phone and having in line["text"]:
                    return str(line["text"])
            time.sleep(0.2)
        raise AssertionError(f"no message to {phone} with “{having}”: {self._lines()}")

    def _lines(self) -> list[dict[str, str]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]

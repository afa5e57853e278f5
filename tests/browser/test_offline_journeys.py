"""Work without network, on a telephone: what was done there arrives once, whatever happens in between."""

from __future__ import annotations

import sqlite3
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, ViewportSize, expect

from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.people import PHONE, Person, Town
from tests.browser.samples import picture

N = 50
PATIENCE_MS = 60_000
OF_FIELD = 60 * 1024, 300 * 1024  # bytes before it can be used, and of the first load as a whole


class Telephone:
    """A browser of its own with what it keeps on disk, which can be killed."""

    def __init__(self, sort: BrowserType, town: Town, folder: Path) -> None:
        self.sort, self.town, self.folder = sort, town, folder
        self.start()

    def start(self) -> None:
        system = next((path for path in CHROMIUM if Path(path).exists()), None)
        screen = ViewportSize(width=PHONE["width"], height=PHONE["height"])
        self.context: BrowserContext = self.sort.launch_persistent_context(
            self.folder, executable_path=system, args=QUIET, viewport=screen, locale="zh-CN"
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


@pytest.fixture
def telephone(town: Town, chromium: Browser, tmp_path: Path) -> Iterator[Any]:
    """Return a maker of telephones."""
    made: list[Telephone] = []

    def one() -> Telephone:
        made.append(Telephone(chromium.browser_type, town, tmp_path / f"telephone-{len(made)}"))
        return made[-1]

    yield one
    for each in made:
        each.kill()


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


def test_two_devices_settle_the_same_and_no_words_are_lost(telephone, town):
    one, other = telephone(), telephone()
    one.signs_in()
    one.reports("宣传栏上贴满了小广告")
    one.goes("/field/")
    address = next(at for at in one.at_hand("/field/matters/") if one.may_settle(at))
    other.signs_in()
    assert address in other.at_hand("/field/matters/")
    with without_network(town):
        for device, words in ((one, "撕掉了广告"), (other, "刷白了灯杆")):
            device.goes(address)
            Person.wrote.add(words)
            device.page.locator("[name=words]").fill(words)
            device.page.locator("form[data-act] button[type=submit]").click()
            device.page.wait_for_url("**/offline/")
    one.syncs()
    one.all_arrived()
    other.syncs()
    other.waits("store.all('acts').then((all) => all[0].state === 'refused')")
    other.goes("/offline/")
    row = other.page.locator("[data-acts] > li")
    expect(row).to_contain_text("刷白了灯杆")
    expect(row.locator("[data-said] li")).to_have_count(1)


def test_fifty_reports_survive_a_dead_battery_and_arrive_once(telephone, town):
    worker = telephone()
    worker.signs_in()
    with without_network(town):
        for n in range(N):
            worker.reports(f"无网络上报第{n:02}件：路面有坑", photo=n % 10 == 0)
        assert worker.acts() == {"waiting": N}
        expect(worker.page.locator("[data-acts] > li")).to_have_count(N)
        worker.kill()
    worker.start()
    worker.signs_in()  # the browser's own session ended with it
    worker.all_arrived()
    found = arrived(town, "无网络上报")
    assert len(found) == N
    assert set(found.values()) == {1}


def test_a_server_that_dies_in_the_middle_loses_nothing(telephone, town):
    worker = telephone()
    worker.signs_in()
    with without_network(town):
        for n in range(12):
            worker.reports(f"服务器中断第{n:02}件：井盖松动")
        assert worker.acts()["waiting"] == 12
    worker.syncs()
    worker.waits("store.all('acts').then((all) => all.some((act) => act.state === 'done'))")
    with without_network(town):
        pass
    worker.goes("/offline/")
    worker.page.locator("[data-send]").click()
    worker.all_arrived()
    found = arrived(town, "服务器中断")
    assert (len(found), set(found.values())) == (12, {1})


def test_a_draft_with_its_photo_outlives_the_battery(telephone):
    worker = telephone()
    worker.signs_in()
    worker.goes("/field/report/")
    worker.page.locator("[name=text]").fill("写到一半没电了")
    worker.page.locator("[name=photos]").set_input_files(
        {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    expect(worker.page.locator("[data-previews] li")).to_have_count(1)
    worker.waits("store.all('drafts').then((all) => all.length === 1 && all[0].files.length === 1)")
    worker.kill()
    worker.start()
    worker.signs_in()
    worker.goes("/field/report/")
    expect(worker.page.locator("[name=text]")).to_have_value("写到一半没电了")
    expect(worker.page.locator("[data-previews] li")).to_have_count(1)


def test_what_is_kept_is_sealed_and_what_was_changed_is_not_sent(telephone, town):
    worker = telephone()
    worker.signs_in()
    with without_network(town):
        worker.reports("这一件将被改动")
        worker.reports("这一件原样保存")
    held = worker.page.evaluate(
        "(async () => { const text = new TextDecoder(); const seen = [];"
        "for (const name of ['acts', 'pages', 'drafts']) for (const row of await store.all(name))"
        "  for (const part of Object.values(row)) {"
        "    if (typeof part === 'string') seen.push(part);"
        "    else if (part?.sealed) seen.push(text.decode(part.sealed)); }"
        "return seen.join('|'); })()"
    )
    assert "这一件" not in held
    assert "<html" not in held
    worker.page.evaluate(
        "(async () => { const acts = (await store.all('acts')).sort((a, b) => a.at - b.at);"
        "const head = acts[0].head; new Uint8Array(head.sealed)[3] ^= 1;"
        "await store.put('acts', acts[0].id, { ...acts[0], head }); })()"
    )
    worker.syncs()
    worker.waits("store.all('acts').then((all) => !all.some((act) => act.state === 'waiting'))")
    assert worker.acts() == {"broken": 1, "done": 1}
    assert arrived(town, "这一件") == {"这一件原样保存": 1}
    worker.goes("/offline/")
    expect(worker.page.locator("[data-state=broken]")).to_contain_text("已损坏")


def test_signing_out_and_wiping_leave_nothing(telephone, town):
    worker, lost = telephone(), telephone()
    kept = "Promise.all(['pages', 'acts', 'drafts'].map((n) => store.all(n))).then((all) => all.flat().length)"
    lost.signs_in()
    assert lost.page.evaluate(kept) > 3
    worker.signs_in()
    worker.goes("/offline/")
    for _device in range(worker.page.locator("form[action*=wipe]").count()):
        worker.page.locator("form[action*=wipe] button").first.click()
        worker.page.wait_for_load_state()
    lost.syncs()
    lost.waits(f"{kept}.then((n) => n === 0)")
    worker.goes("/field/")
    worker.page.once("dialog", lambda dialog: dialog.accept())
    worker.page.locator("form[data-leave] button[type=submit]").click()
    worker.page.wait_for_url(lambda url: "/field/" not in url)
    assert (
        worker.page.evaluate(
            "new Promise((done) => { const asked = indexedDB.open('gongzhi-work'); asked.onsuccess = () => {"
            "const all = asked.result.transaction(['pages', 'acts', 'drafts', 'keys']);"
            "const counts = ['pages', 'acts', 'drafts', 'keys'].map((n) => all.objectStore(n).count());"
            "all.oncomplete = () => done(counts.reduce((n, one) => n + one.result, 0)); }; })"
        )
        == 0
    )


def test_the_first_load_is_small_and_little_of_it_is_waited_for(telephone, town):
    """By the bytes that came over the wire, compressed, headers and all; each address once."""
    worker = telephone()
    worker.signs_in()
    worker.page.evaluate(
        "caches.keys().then((all) => Promise.all(all.map((one) => caches.delete(one))))"
    )
    session = worker.context.new_cdp_session(worker.page)
    names: dict[str, str] = {}
    came: dict[str, float] = {}
    session.on(
        "Network.requestWillBeSent",
        lambda said: names.update({said["requestId"]: said["request"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda said: came.update({names.get(said["requestId"], ""): said["encodedDataLength"]}),
    )
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    worker.goes("/field/")
    usable = dict(came)
    assert usable
    assert sum(usable.values()) <= OF_FIELD[0], usable
    ahead = worker.page.evaluate(
        "Promise.all([fetch('/worker.js').then((answer) => answer.text()), store.all('pages')])"
    )
    paths = ahead[0].split("ASSETS = new Set([")[1].split("]")[0].replace('"', "").split(", ")
    paths += ["/worker.js", *(page["address"] for page in ahead[1])]
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in worker.context.cookies())
    for path in paths:
        came.setdefault(f"{town.address}{path}", _size(f"{town.address}{path}", cookies))
    assert sum(came.values()) <= OF_FIELD[1], came


def _size(address: str, cookies: str) -> int:
    """Return how many bytes an answer has as the server sends it to a browser."""
    headers = {"Accept-Encoding": "gzip, br", "Cookie": cookies, "Accept-Language": "zh-CN"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return len(answer.read()) + len(str(answer.headers))

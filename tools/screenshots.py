"""Take the pictures of the README from a running demo: ``python -m tools.screenshots [ADDRESS]``.

Start the demo with ``make run`` first; ADDRESS is where it runs (http://localhost:8000). Needs what
``make check`` installs: Playwright and this machine's Chromium. Nothing is sent or changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools.setup import stop
from tools.system import chromium

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
PHONE = {"width": 375, "height": 760}
DESK = {"width": 1280, "height": 800}
WORDS = "河边步道第三盏路灯不亮，晚上看不见台阶，已经一个星期了。"
SIGN_IN, PASSWORD = "accept1", "gongzhi-demo"  # of the invented district
COLOURS = 192  # enough for flat pages; a third of the bytes
PATIENCE_MS = 60_000


def main() -> None:
    """Take every picture."""
    address = (sys.argv[1:] or ["http://localhost:8000"])[0].rstrip("/")
    path = chromium()
    if not path:
        stop(
            "没有找到 Chromium。请先执行：python3 -m tools.system",
            "No Chromium was found. First run: python3 -m tools.system",
        )
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        raise_matter(browser, address)
        inbox(browser, address)
        browser.close()


@contextmanager
def device(browser: Browser, size: dict[str, int], scale: float) -> Iterator[Page]:
    """Yield the first page of a device whose reader reads Chinese."""
    context = browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": size["width"], "height": size["height"]},
        device_scale_factor=scale,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def raise_matter(browser: Browser, address: str) -> None:
    """Take a resident's telephone on which a matter is being written."""
    with device(browser, PHONE, 2) as page:
        page.goto(f"{address}/raise/")
        page.locator("#id_text").fill(WORDS)
        page.wait_for_load_state("networkidle")
        page.locator("#id_text").blur()
        keep(page, "raise-phone")


def inbox(browser: Browser, address: str) -> None:
    """Take an acceptor's inbox."""
    with device(browser, DESK, 1.5) as page:
        page.goto(f"{address}/sign-in/")
        page.locator("[name=login]").fill(SIGN_IN)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url("**/desk/**")
        page.wait_for_load_state("networkidle")
        keep(page, "inbox-desk")


def keep(page: Page, name: str) -> None:
    """Keep what the page shows as a small PNG."""
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    small = shot.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    main()

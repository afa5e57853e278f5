"""Forms as people fill them in: by the names of their fields, and sent with the button at their end."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator

from tests.browser.people import Person

OPENED = "all => all.forEach(d => d.open = true)"


def sends(who: Person, address: str, **typed: str) -> int:
    """Open the form at an address, fill it in and send it; return the status of the answer."""
    assert who.goes(address) == 200, address
    form = who.page.locator("main form:has([name=csrfmiddlewaretoken])")
    first = next(iter(typed), "")
    if first:
        form = form.filter(has=who.page.locator(f"[name='{first}']"))
    return sent(who, form.last, **typed)


def sent(who: Person, form: Locator, **typed: str) -> int:
    """Fill in a form that is open and send it; return the status of the answer."""
    for name, text in typed.items():
        fills(who, form, name, text)
    return who.answer_to(form.locator("button:not([type=button])").last.click)


def fills(who: Person, form: Locator, name: str, text: str) -> None:
    """Fill in one field, whatever it is; ``*`` takes the first there is to choose."""
    entry = form.locator(f"[name='{name}']").first
    entry.locator("xpath=ancestor::details").evaluate_all(OPENED)
    kind: Any = entry.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
    if kind == "select":
        entry.select_option(index=1) if text == "*" else entry.select_option(text)
    elif kind in ("radio", "checkbox"):
        (entry if text == "*" else form.locator(f"[name='{name}'][value='{text}']")).check()
    else:
        entry.fill(text)
        who.wrote.add(text)


def signs(who: Person) -> None:
    """Draw a signature in the box that is open."""
    box = who.page.locator("canvas.sign-box")
    box.scroll_into_view_if_needed()
    frame = box.bounding_box()
    assert frame
    who.page.mouse.move(frame["x"] + 20, frame["y"] + 40)
    who.page.mouse.down()
    for x, y in ((0.3, 0.8), (0.5, 0.2), (0.7, 0.8), (0.9, 0.3)):
        who.page.mouse.move(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"])
    who.page.mouse.up()


def comes_in(who: Person, number: str, code: str) -> str:
    """Come in by the one door, with number and code; return the address that opens."""
    who.goes("/follow/")
    who.page.locator("[name=number]").fill(number)
    who.page.locator("[name=code]").fill(code)
    who.page.locator("form:has([name=code]) button[type=submit]").click()
    who.page.wait_for_url("**/mine/*/")
    return who.page.url

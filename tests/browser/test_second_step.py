from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

from axe_playwright_python.sync_playwright import Axe

from tests.browser.people import DESK
from tests.browser.tour import look


def code_of(secret: str) -> str:
    """Return the six digits that an authenticator shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_the_second_step_is_set_up_used_and_without_fault(somebody, town):
    person, axe = somebody("newcomer", screen=DESK), Axe()
    faults = list(look(person, axe, "/two-factor/on/", "accounts"))
    secret = person.page.locator("main details code").text_content() or ""
    person.page.locator("[name=code]").fill(code_of(secret))
    assert person.answer_to(person.page.locator("form:has([name=code]) button").click) == 302
    spare = person.page.locator("#recovery-codes code").first.text_content() or ""
    for path in (
        "/two-factor/",
        "/two-factor/codes/",
        "/two-factor/codes/new/",
        "/two-factor/off/",
    ):
        faults += look(person, axe, path, "accounts")

    again = somebody(screen=DESK)
    again.goes("/sign-in/")
    again.page.locator("[name=login]").fill("newcomer")
    again.page.locator("[name=password]").fill(town.password)
    again.sends("登录")
    faults += look(again, axe, "/sign-in/code/", "accounts")
    again.page.locator("[name=code]").fill(spare)
    again.answer_to(again.page.locator("form:has([name=code]) button").click)
    again.page.wait_for_url("**/desk/")
    assert faults == []

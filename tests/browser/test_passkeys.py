"""Passkeys in a real browser, whose authenticator is Chromium's own virtual one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.browser.people import DESK, PHONE, Person
from tests.browser.tour import look

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_device(person: Person, *held: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
    """Give a browser an authenticator that holds some passkeys; return what tells which it holds."""
    line = person.context.new_cdp_session(person.page)
    line.send("WebAuthn.enable")
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    device = {"authenticatorId": made["authenticatorId"]}
    for one in held:
        line.send("WebAuthn.addCredential", {**device, "credential": one})

    def holds() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = line.send("WebAuthn.getCredentials", device)["credentials"]
        return found

    return holds


def test_a_passkey_is_added_opens_the_account_proves_and_is_removed(somebody, town, plant):
    person, axe = somebody("keyholder", screen=PHONE), Axe()
    holds = with_device(person)
    faults = list(look(person, axe, "/two-factor/passkeys/add/", "accounts"))
    person.writes("您给它取的名字", "值班手机")
    assert person.sends("生成通行密钥") == 302
    person.reads("恢复码")
    held = holds()
    assert [(one["rpId"], one["isResidentCredential"]) for one in held] == [("localhost", True)]

    faults += look(person, axe, "/two-factor/", "accounts")
    person.presses("值班手机")
    faults += look(person, axe, person.page.url, "accounts")
    person.writes("您给它取的名字", "口袋里的手机")
    assert person.sends("保存名字") == 302
    person.reads("口袋里的手机")

    # A new browser with the same authenticator: no name and no password is typed.
    again = somebody(screen=DESK)
    with_device(again, *held)
    faults += look(again, axe, "/sign-in/?next=/me/", "accounts")
    assert again.sends("用通行密钥登录") == 302
    again.page.wait_for_url("**/me/")

    # Later a sensitive page asks again, and the passkey answers.
    plant("--stale", town.people["keyholder"])
    assert again.goes("/two-factor/passkeys/add/") == 403
    faults += look(again, axe, "/two-factor/passkeys/add/", "accounts")
    assert again.sends("使用通行密钥") == 302
    again.reads("生成通行密钥")

    _after_the_password(somebody, town, held, faults)
    assert faults == []


def _after_the_password(somebody, town, held, faults):
    # Where the password came first, it is the second step.
    third, axe = somebody(screen=DESK), Axe()
    with_device(third, *held)
    third.goes("/sign-in/")
    third.page.locator("[name=login]").fill(town.people["keyholder"])
    third.page.locator("[name=password]").fill(town.password)
    third.sends("登录")
    faults += look(third, axe, "/sign-in/code/", "accounts")
    assert third.sends("使用通行密钥") == 302
    third.page.wait_for_url("**/desk/")

    # Removed, it opens nothing any more.
    third.goes("/two-factor/")
    third.presses("口袋里的手机")
    assert third.sends("删除通行密钥") == 302
    third.reads("通行密钥已删除")
    last = somebody(screen=DESK)
    with_device(last, *held)
    last.goes("/sign-in/")
    last.sends("用通行密钥登录")
    last.reads("这个通行密钥在这里没有对应的账号")

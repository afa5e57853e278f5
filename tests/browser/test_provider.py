"""Signing in by an identity provider in a real browser, with the policies that it holds us to."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

from tests.browser.people import DESK, PHONE
from tests.browser.tour import look


def test_an_account_is_linked_opens_by_it_proves_and_is_taken_off(somebody, town, provider):
    provider.subject = "4711"
    person, axe = somebody("guest", screen=PHONE), Axe()
    faults = list(look(person, axe, "/two-factor/", "accounts"))
    assert person.sends("关联") == 200
    person.page.wait_for_url("**/two-factor/")
    person.reads("账号已关联：您可以用“District ID”登录。")
    faults += look(person, axe, "/two-factor/", "accounts")

    again = somebody(screen=DESK)
    faults += look(again, axe, "/sign-in/?next=/me/", "accounts")
    assert again.sends("用“District ID”登录") == 200
    again.page.wait_for_url("**/me/")

    # Who was signed in there already has proved nothing here: a sensitive page asks.
    assert again.goes("/two-factor/passkeys/add/") == 403
    faults += look(again, axe, "/two-factor/passkeys/add/", "accounts")
    with again.context.expect_page() as opened:
        again.presses("到“District ID”确认")
    opened.value.wait_for_url("**/sign-in/provider/back/**")
    assert "已确认是您本人。" in opened.value.inner_text("main")
    assert axe.run(opened.value).response["violations"] == []
    opened.value.close()
    assert again.sends("继续") == 302
    again.reads("添加通行密钥")

    again.goes("/two-factor/")
    assert again.sends("解除关联") == 302
    again.reads("关联已解除")

    stranger = somebody(screen=PHONE)
    stranger.goes("/sign-in/")
    stranger.sends("用“District ID”登录")
    stranger.page.wait_for_url("**/sign-in/")
    stranger.reads("这里没有账号与您在“District ID”的身份关联。", "4711")
    assert faults == []

"""Administrators register platforms and see how they do; who works on an order sees both sides' dates."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.audit.models import Entry
from gongzhi.hotline.forms import POINTERS
from gongzhi.hotline.models import Line, Platform
from gongzhi.hotline.readers import MESSAGE
from gongzhi.hotline.tests import make

pytestmark = pytest.mark.django_db


def page(browser, name, *args):
    answer = browser.get(reverse(f"hotline:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def press(browser, where, *args, **says):
    return browser.post(reverse(f"hotline:{where}", args=args), says, follow=True)


def typed(town, far, **says):
    usual = {
        "name": "12345 热线",
        "office": str(town.lights.pk),
        "address": far.address,
        "our_code": "YX-01",
        "key": make.KEY,
        "place": town.community.code,
        "fallback": "lamp",
        "kinds": "坑 = hole",
        "sorts": "PD = order",
        "names": "order = gdbh",
        "is_on": "on",
    }
    return usual | {f"at_{name}": pointer for name, pointer in make.MAPPING.items()} | says


def test_an_administrator_registers_a_platform_and_gives_it_its_address(as_, town, far):
    browser = as_("administrator")
    assert "还没有平台" in page(browser, "index")
    assert "双方用它签名" in page(browser, "add")
    shown = press(browser, "add", **typed(town, far)).content.decode()
    platform = Platform.objects.get()
    assert f"/hotline/in/{platform.slug}/" in shown
    assert make.KEY not in shown
    assert platform.key == make.KEY
    assert (platform.kinds, platform.names) == ({"坑": "hole"}, {"order": "gdbh"})
    assert (platform.place, platform.mapping) == (town.community, make.MAPPING)
    entry = Entry.objects.get(subject=platform.pk)
    assert (entry.verb, entry.facts["office"]) == ("platform.register", "lights")
    assert make.KEY not in str(entry.facts)
    assert "12345 热线" in page(browser, "index")


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"kinds": "坑"}, "“坑”"),
        ({"kinds": "坑 = nothing"}, "“坑 = nothing”"),
        ({"sorts": "PD = dance"}, "“PD = dance”不是我方的消息类型"),
        ({"names": "dance = x"}, "“dance = x”不是我方的字段"),
        ({"at_id": "id"}, "/data/text"),
        ({"key": "short"}, "密钥至少 16 个字符"),
        ({"address": "http://10.0.0.1/x"}, "GONGZHI_PRIVATE_HOSTS"),
        ({"address": "https://nobody.invalid/"}, "请检查地址"),
    ],
)
def test_what_cannot_be_registered_is_told(as_, town, far, says, told):
    answer = press(as_("administrator"), "add", **typed(town, far, **says))
    assert answer.status_code == 422
    said = answer.content.decode()
    assert told in said
    assert not Platform.objects.exists()


def test_a_platform_is_changed_and_switched_off(as_, town, far):
    browser, platform = as_("administrator"), make.platform(town, far)
    same = {"key": "", "name": "市热线", "is_on": "", "place": ""}
    answer = press(browser, "change", platform.pk, **typed(town, far, **same))
    assert "已停用" in answer.content.decode()
    platform.refresh_from_db()
    assert (platform.name, platform.is_on, platform.key) == ("市热线", False, make.KEY)
    assert platform.place is None
    elsewhere = {"key": "", "address": "http://127.0.0.1:9/x"}
    answer = press(browser, "change", platform.pk, **typed(town, far, **elsewhere))
    assert answer.status_code == 422
    press(browser, "change", platform.pk, **typed(town, far, **(elsewhere | {"key": "n" * 16})))
    platform.refresh_from_db()
    assert platform.key == "n" * 16
    entries = Entry.objects.filter(subject=platform.pk, verb="platform.change").order_by("seq")
    assert [one.facts["key"] for one in entries] == [False, True]


@pytest.mark.parametrize("who", ["acceptor", "dispatcher", "handler", "supervisor"])
def test_only_an_administrator_sees_platforms(as_, town, far, who):
    browser, platform = as_(who), make.platform(town, far)
    for name, args in (
        ("index", []),
        ("add", []),
        ("platform", [platform.pk]),
        ("change", [platform.pk]),
    ):
        answer = browser.get(reverse(f"hotline:{name}", args=args))
        assert answer.status_code == 403
        assert "只有管理员可以登记热线平台。" in answer.content.decode()
    assert press(browser, "resend_all", platform.pk).status_code == 403


def test_dead_letters_and_what_was_not_taken_stand_on_the_page(as_, town, platform, far):
    far.answer = lambda _said: (400, {"detail": "没有此单"})
    make.order(platform)
    make.work()
    browser = as_("administrator")
    shown = page(browser, "platform", platform.pk)
    assert "没有此单" in shown
    assert "GD20260302-17" in shown
    assert "将重新回传 1 条。" in press(browser, "resend_all", platform.pk).content.decode()
    far.answer = lambda _said: (200, {})
    make.work(now())
    assert "全部已回传。" in page(browser, "platform", platform.pk)


def test_the_page_of_the_matter_shows_both_dates_and_what_was_written_back(
    as_, town, platform, far
):
    order = make.order(platform)
    make.walk(town, make.fresh(order), "accept")
    far.answer = lambda said: (400, {"detail": "不收"}) if said["sort"] == "take" else (200, {})
    make.work()
    browser = as_("dispatcher")
    shown = browser.get(reverse("matters:show", args=[order.matter_id])).content.decode()
    for said in ("GD20260302-17", "2026-03-04 18:00", "早于我方时限", "对方已接收", "不收"):
        assert said in shown
    line = Line.objects.get(sort="take")
    assert press(browser, "resend", line.pk).status_code == 200
    assert Line.objects.get(pk=line.pk).state == "waiting"
    handler = as_("handler")
    shown = handler.get(reverse("matters:show", args=[order.matter_id]))
    assert shown.status_code == 403 or "再试一次" not in shown.content.decode()
    assert press(handler, "resend", line.pk).status_code == 404


def test_a_dispatcher_asks_for_more_time_on_a_page(as_, town, platform):
    order = make.order(platform)
    browser = as_("dispatcher")
    assert "热线办结时限" in page(browser, "ask_more", order.matter_id)
    answer = press(
        browser, "ask_more", order.matter_id, until="2099-01-01T12:00", reason="要等配件。"
    )
    assert "已向热线申请" in answer.content.decode()
    answer = press(browser, "ask_more", order.matter_id, until="2020-01-01T12:00", reason="要等。")
    assert answer.status_code == 422
    assert (
        as_("stranger").get(reverse("hotline:ask_more", args=[order.matter_id])).status_code == 404
    )
    assert (
        as_("acceptor").get(reverse("hotline:ask_more", args=[order.matter_id])).status_code == 403
    )


@pytest.mark.parametrize("n", [1, 3])
def test_lists_cost_the_same_however_long_they_are(as_, town, far, queries, n):
    for i in range(n):
        platform = make.platform(town, far, name=f"热线{i}")
        far.answer = lambda _said: (400, {})
        make.order(platform)
    make.work()
    browser = as_("administrator")
    with queries(f"index_{n}"):
        page(browser, "index")
    with queries(f"platform_{n}"):
        page(browser, "platform", platform.pk)


def test_each_field_that_is_read_can_be_mapped():
    assert set(POINTERS) == set(MESSAGE)

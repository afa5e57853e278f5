from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.models import Entry
from gongzhi.base.moves import MoveRefused
from gongzhi.webhooks import actions, queries
from gongzhi.webhooks.models import Delivery, Hook
from gongzhi.webhooks.states import Sent
from gongzhi.webhooks.tests import make

pytestmark = pytest.mark.django_db
ONLY = "只有管理员可以管理推送与接入。"
SECRET = re.compile(r">([\w-]{43})</code>")


@pytest.fixture
def at():
    return now()


def given(town, address, **says):
    usual = {
        "name": "市平台",
        "office": str(town.lights.pk),
        "address": address,
        "kinds": ["lamp"],
        "places": ["990101001"],
        "states": ["accepted", "closed"],
        "batched": "on",
        "keep_days": "7",
    }
    return usual | says


def page(browser, name, *args):
    return browser.get(reverse(f"webhooks:{name}", args=args)).content.decode()


def press(browser, name, hook, /, **typed):
    return browser.post(reverse(f"webhooks:{name}", args=[hook.pk]), typed, follow=True)


def test_an_administrator_adds_a_hook_and_reads_its_secret_once(as_, town, receiver):
    browser = as_("administrator")
    link = reverse("webhooks:add_hook")
    shown = browser.post(link, given(town, receiver.address))
    hook = Hook.objects.get()
    (secret,) = SECRET.findall(shown.content.decode())
    assert secret == queries.facts(hook)["secret"]
    assert shown.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    for name, args in (("index", []), ("hook", [hook.pk]), ("change", [hook.pk]), ("dead", [])):
        again = page(browser, name, *args)
        assert secret not in again
        assert receiver.address not in again
    assert "127.0.0.1" in page(browser, "index")
    shown = page(browser, "hook", hook.pk)
    for word in ("路灯不亮", "青石街道", "已受理", "7 天", "路灯管理所"):
        assert word in shown
    first = Entry.objects.get(subject=hook.pk)
    assert (first.verb, first.by_label, first.facts) == (
        "hook.add",
        "administrator同志",
        {
            "office": "lights",
            "host": "127.0.0.1",
            "kinds": ["lamp"],
            "places": ["990101001"],
            "states": ["accepted", "closed"],
            "batched": True,
            "keep_days": 7,
        },
    )
    assert secret not in str(first.told)


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"address": "http://example.org/"}, "这个地址不是 HTTPS，或者通向内部网络。"),
        ({"address": "https://10.0.0.1/"}, "这个地址不是 HTTPS，或者通向内部网络。"),
        ({"address": "https://[::ffff:8.8.8.8]/"}, "这个地址不是 HTTPS，或者通向内部网络。"),
        ({"address": "https://nobody.invalid/"}, "查不到这个主机名：请检查地址是否写对。"),
        ({"address": "ftp://example.org/"}, "errorlist"),
        ({"address": ""}, "errorlist"),
        ({"kinds": ["nonsense"]}, "errorlist"),
        ({"places": ["000000"]}, "errorlist"),
        ({"states": ["gone"]}, "errorlist"),
        ({"keep_days": "0"}, "errorlist"),
        ({"keep_days": "91"}, "errorlist"),
        ({"office": ""}, "errorlist"),
    ],
)
def test_a_hook_that_cannot_be_is_refused_with_its_reason(as_, town, receiver, says, said):
    typed = given(town, receiver.address) | says
    answer = as_("administrator").post(reverse("webhooks:add_hook"), typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Hook.objects.exists()


def test_it_is_changed_stopped_and_started_again(as_, town, receiver):
    browser, hook = as_("administrator"), make.hook(town, receiver.address)
    typed = given(town, "", name="省平台", kinds=[], states=[])
    assert "已修改。" in press(browser, "change", hook, **typed).content.decode()
    hook.refresh_from_db()
    assert (hook.name, hook.kinds, hook.places, hook.keep_days) == ("省平台", [], ["990101001"], 7)
    assert queries.facts(hook)["address"] == receiver.address
    assert "停用" in press(browser, "stop", hook).content.decode()
    with pytest.raises(MoveRefused, match="“停用”只能在以下状态办理：启用。现在的状态是：停用。"):
        actions.stop(Hook.objects.get(), by=SYSTEM, at=make.NOON)
    press(browser, "start", hook)
    verbs = list(Entry.objects.filter(subject=hook.pk).order_by("seq").values_list("verb", "by_id"))
    who = signed(hook.pk, town.administrator.pk)
    assert verbs[1:] == [("hook.change", who), ("hook.stop", who), ("hook.start", who)]


def test_a_new_secret_is_shown_once_and_the_old_one_stays_valid_a_day(as_, town, receiver):
    browser, made = as_("administrator"), make.add_hook(town, receiver.address)
    shown = press(browser, "rotate", made.line).content.decode()
    (secret,) = SECRET.findall(shown)
    assert secret != made.secret
    assert "旧密钥在一天之内仍然有效。" in shown
    assert "旧密钥仍然有效" in page(browser, "hook", made.line.pk)
    entry = Entry.objects.get(subject=made.line.pk, verb="hook.rotate")
    assert list(entry.facts) == ["old_until"]
    known = queries.facts(Hook.objects.get())
    assert queries.keys(known, now()) == [secret, made.secret]
    assert queries.keys(known, now() + timedelta(days=2)) == [secret]


def test_a_test_event_says_at_once_what_became_of_it(as_, town, receiver):
    browser, hook = as_("administrator"), make.hook(town, receiver.address)
    assert "接收方已收下测试事件。" in press(browser, "test", hook).content.decode()
    (event,) = receiver.events
    assert (event["type"], event["data"]) == ("org.gongzhi.test", {"test": True})
    receiver.status = 500
    assert "接收方没有收下测试事件：HTTP 500" in press(browser, "test", hook).content.decode()
    entries = Entry.objects.filter(subject=hook.pk, verb="hook.test").order_by("seq")
    assert [entry.facts for entry in entries] == [{"taken": True}, {"taken": False}]
    assert not Delivery.objects.exists()


@pytest.fixture
def dead(town, receiver):
    """Leave two dead letters of a hook, one of which holds an event back."""
    hook = make.hook(town, receiver.address)
    make.walk(town, make.matter(town), "accept")
    make.matter(town)
    make.work(now())
    first = Delivery.objects.filter(verb="receive")
    first.update(state=Sent.DEAD, tries=12, error="HTTP 400")
    Delivery.objects.filter(verb="accept").update(state=Sent.WAITING, again_at=now())
    receiver.got.clear()
    return hook


def test_dead_letters_are_listed_sent_again_and_let_go(as_, town, receiver, dead):
    browser = as_("administrator")
    shown = page(browser, "dead")
    assert shown.count("HTTP 400") == 2
    letter, other = queries.dead(dead)
    answer = press(browser, "replay", dead, event=str(letter.event))
    assert "将重新推送。" in answer.content.decode()
    answer = press(browser, "replay", dead, event=str(other.event), drop="1")
    assert "已放弃该事件" in answer.content.decode()
    actions.deliver(by=SYSTEM, at=now())
    assert receiver.verbs == ["receive", "accept"]
    facts = Entry.objects.filter(subject=dead.pk).order_by("seq").values_list("verb", "facts")
    assert list(facts)[1:] == [
        ("hook.replay", {"event": str(letter.event)}),
        ("hook.drop", {"event": str(other.event)}),
    ]
    answer = press(browser, "replay", dead, event=str(letter.event))
    assert answer.status_code == 422
    assert "它已不是死信。请刷新查看现在的情况。" in answer.content.decode()
    assert press(browser, "replay", dead, event="nonsense").status_code == 422


def test_all_dead_letters_are_sent_again_at_once(as_, receiver, dead):
    answer = press(as_("administrator"), "replay_all", dead)
    assert "将重新推送 2 条事件。" in answer.content.decode()
    actions.deliver(by=SYSTEM, at=now())
    assert sorted(receiver.verbs) == ["accept", "receive", "receive"]
    assert Entry.objects.get(subject=dead.pk, verb="hook.replay_all").facts == {"n": 2}


def test_a_span_of_time_is_sent_again_with_the_same_ids(as_, town, receiver, at):
    hook, browser = make.hook(town, receiver.address), as_("administrator")
    make.walk(town, make.matter(town), "accept")
    make.work(at)
    span = {"since": "2020-01-01T00:00", "until": "2020-01-02T00:00"}
    answer = press(browser, "replay_span", hook, **span)
    assert "将重新推送 0 条事件。" in answer.content.decode()
    span["until"] = f"{at + timedelta(days=1):%Y-%m-%dT%H:%M}"
    answer = press(browser, "replay_span", hook, **span)
    assert "将重新推送 2 条事件。" in answer.content.decode()
    actions.deliver(by=SYSTEM, at=now())
    first, again = receiver.got
    assert first.events == again.events
    answer = press(browser, "replay_span", hook, since=span["until"], until=span["since"])
    assert answer.status_code == 422
    assert "结束时间早于开始时间。" in answer.content.decode()


def test_what_was_taken_long_ago_is_erased_and_a_dead_letter_later(town, receiver, dead):
    hook = make.hook(town, receiver.address, keep_days=7)
    Delivery.objects.filter(verb="accept").update(state=Sent.TAKEN)
    before = Delivery.objects.count()
    actions.erase(by=SYSTEM, at=now() + timedelta(days=29))
    assert Delivery.objects.count() == before
    actions.erase(by=SYSTEM, at=now() + timedelta(days=31))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"dead"}
    Delivery.objects.update(hook=hook, state=Sent.TAKEN)
    actions.erase(by=SYSTEM, at=now() + timedelta(days=6))
    assert Delivery.objects.count() == 2
    Delivery.objects.update(state=Sent.DEAD)
    actions.erase(by=SYSTEM, at=now() + timedelta(days=91))
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("who", ["handler", "supervisor", "dispatcher", "worker"])
def test_nobody_but_an_administrator_sees_or_does_anything(as_, town, receiver, dead, who):
    browser, key = as_(who), [dead.pk]
    for name, args in (
        *(("index", []), ("add_hook", []), ("dead", []), ("hook", key), ("change", key)),
    ):
        answer = browser.get(reverse(f"webhooks:{name}", args=args))
        assert (answer.status_code, ONLY in answer.content.decode()) == (403, True)
    for name in ("test", "replay", "replay_all", "replay_span", "rotate", "stop", "change"):
        answer = press(browser, name, dead)
        assert (answer.status_code, ONLY in answer.content.decode()) == (403, True)
    assert receiver.got == []


@pytest.mark.parametrize(("who", "status"), [("handler", 200), ("stranger", 403)])
def test_the_office_that_asked_for_it_sees_how_it_stands(as_, dead, who, status):
    answer = as_(who).get(reverse("webhooks:gone", args=[dead.pk]))
    assert answer.status_code == status
    if status == 403:
        assert "只有提出该推送的单位可以查看。" in answer.content.decode()


def test_no_action_is_open_to_others(town, receiver, dead):
    by, letter = town.staff("supervisor"), queries.dead(dead)[0]
    span = {"since": make.NOON, "until": make.at(days=1)}
    for refused in (
        lambda: actions.add_hook(name="x", office=town.lights, address="", by=by, at=make.NOON),
        lambda: actions.change(dead, by=by, at=make.NOON),
        lambda: actions.rotate(dead, by=by, at=make.NOON),
        lambda: actions.stop(dead, by=by, at=make.NOON),
        lambda: actions.start(dead, by=by, at=make.NOON),
        lambda: actions.test(dead, by=by, at=make.NOON),
        lambda: actions.replay(letter, by=by, at=make.NOON),
        lambda: actions.drop(letter, by=by, at=make.NOON),
        lambda: actions.replay_all(dead, by=by, at=make.NOON),
        lambda: actions.replay_span(dead, **span, by=by, at=make.NOON),
    ):
        with pytest.raises(PermissionDenied, match=ONLY):
            refused()


def test_a_change_that_leads_into_the_house_is_refused_and_changes_nothing(town, receiver):
    hook = make.hook(town, receiver.address)
    with pytest.raises(ValidationError, match="通向内部网络"):
        actions.change(hook, address="https://192.168.1.1/", by=SYSTEM, at=make.NOON)
    assert hook.host == "127.0.0.1"
    assert queries.facts(Hook.objects.get())["address"] == receiver.address


def test_pages_cost_the_same_for_one_and_for_many(as_, town, receiver, queries):
    browser = as_("administrator")
    for n in (1, 3):
        for _each in range(n):
            hook = make.hook(town, receiver.address)
            make.walk(town, make.matter(town), "accept")
        make.work(now())
        Delivery.objects.filter(verb="receive").update(state=Sent.DEAD)
        for name, args in (("index", []), ("hook", [hook.pk]), ("dead", [])):
            page(browser, name, *args)  # what is kept for a minute is kept
            with queries(name):
                page(browser, name, *args)

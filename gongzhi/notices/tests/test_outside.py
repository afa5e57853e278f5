from __future__ import annotations

import base64
import hmac
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.accounts.models import User
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.jobs.models import Job
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make
from gongzhi.matters.tests.make import NOON
from gongzhi.notices import actions, queries
from gongzhi.notices.models import Choice, Letter

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
PHONE = Contact(name="王小明", phone="000-1234")


def chosen(town, name="handler", **says: Any):
    User.objects.filter(username=name).update(email=f"{name}@example.org")
    usual: dict[str, Any] = {"mail": Choice.Mail.AT_ONCE, "only_work": True}
    return actions.choose(**(usual | says), by=town.staff(name), at=NOON - timedelta(days=1))


def subjects():
    return [(message.to, message.body) for message in mail.outbox]


def test_nobody_is_written_to_who_has_not_chosen_it(town, work):
    User.objects.update(email="a@example.org")
    make.walk(town, make.matter(town), "accept", "dispatch")
    work()
    assert mail.outbox == []


def test_a_mail_says_number_event_and_address_and_nothing_of_the_words(town, work):
    chosen(town)
    matter = make.walk(town, make.matter(town, text="我家门口的路灯"), "accept", "dispatch")
    work()
    where = f"http://localhost:8000/matters/{matter.pk}/"
    said = f"共治：{matter.number} 已派遣到您的单位。请在此查看：{where}"
    assert subjects() == [(["handler@example.org"], said)]


def test_who_wants_only_work_is_not_written_to_of_news(town, work):
    chosen(town)
    make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "add")
    work()
    assert len(mail.outbox) == 1
    chosen(town, only_work=False)
    make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "add")
    work()
    assert len(mail.outbox) == 3


def test_in_quiet_hours_mail_waits_but_for_danger(town, work):
    quiet = {"quiet_from": time(11), "quiet_to": time(14)}
    chosen(town, **quiet)
    chosen(town, "officer", **quiet)
    make.walk(town, make.matter(town, danger="fire"), "accept", "dispatch")
    work()
    assert [to for to, _body in subjects()] == [["officer@example.org"]]
    work(NOON + timedelta(hours=2))  # 14:00
    assert [to for to, _body in subjects()] == [["officer@example.org"], ["handler@example.org"]]


@given(st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))  # noqa: DTZ001
def test_quiet_hours_end_when_they_say_and_only_where_they_hold(begins, ends, moment):
    """A slow count: minute by minute it is quiet until the hand reaches the end."""
    at = moment.replace(tzinfo=SHANGHAI)
    until = queries.awake(Choice(quiet_from=begins, quiet_to=ends), at)
    if until is None:
        return
    assert until > at
    assert until - at <= timedelta(days=1)
    assert until.time() == ends
    assert queries.awake(Choice(quiet_from=begins, quiet_to=ends), until) is None or begins == ends


def test_quiet_hours_need_both_ends(town):
    with pytest.raises(ValidationError, match="免打扰时段"):
        actions.choose(
            mail="at_once", only_work=True, quiet_from=time(9), by=town.staff("handler"), at=NOON
        )
    assert not Choice.objects.exists()


def digests(at):
    for choice in queries.digests_due(at):
        actions.digest(choice, by=SYSTEM, at=at)


def test_a_digest_groups_what_is_new_and_comes_twice_a_day(town, work):
    chosen(town, mail=Choice.Mail.DIGEST)
    matters = [make.walk(town, make.matter(town), "accept", "dispatch") for _n in range(7)]
    work()
    digests(NOON)  # 12:00: the slot of 8:30, before anything happened
    digests(NOON + timedelta(hours=2))
    work(NOON + timedelta(hours=2))
    digests(NOON + timedelta(hours=3))
    work(NOON + timedelta(hours=3))
    (said,) = [body for _to, body in subjects()]
    assert "共治：7 条新消息" in said
    assert "(7)" in said
    assert sum(matter.number in said for matter in matters) == 5  # what a person can read


def test_a_digest_names_no_matter_that_went_elsewhere(town, work):
    chosen(town, mail=Choice.Mail.DIGEST)
    gone, stays = (make.walk(town, make.matter(town), "accept", "dispatch") for _n in range(2))
    work()
    make.walk(town, gone, "object", "send_back")
    digests(NOON + timedelta(hours=2))
    work(NOON + timedelta(hours=2))
    ((_to, body),) = subjects()
    assert (gone.number in body, stays.number in body) == (False, True)


def robot(town, service, **says):
    usual = {"sort": "dingtalk", "name": "路灯所", "address": service.address, "secret": "SEC1"}
    return actions.add_robot(town.lights, **(usual | says), by=town.staff("administrator"), at=NOON)


def test_a_robot_of_the_office_is_told_and_of_no_other(town, service, work):
    robot(town, service)
    matter = make.walk(town, make.matter(town, text="我家门口"), "accept", "dispatch")
    make.actions.dispatch(
        make.walk(town, make.matter(town), "accept"),
        office=town.roads,
        by=town.staff("dispatcher"),
        at=NOON,
    )
    work()
    ((_path, _headers, body),) = service.got
    assert body["msgtype"] == "text"
    assert matter.number in body["text"]["content"]
    assert "门口" not in body["text"]["content"]


def test_a_robot_hears_of_a_note_that_names_its_office_and_not_of_one_that_names_a_colleague(
    town, service, work
):
    matter = make.walk(town, make.matter(town), "accept", "dispatch")
    work()
    robot(town, service)
    for words in ("@handler 请看", "@lights 门口那盏先修"):
        make.actions.note(matter, words=words, by=town.staff("acceptor"), at=NOON)
    work()
    ((_path, _headers, body),) = service.got
    assert "有备注提到您" in body["text"]["content"]
    assert "门口" not in body["text"]["content"]


def test_a_call_to_dingtalk_is_signed_as_it_asks(town, service, work):
    robot(town, service)
    make.walk(town, make.matter(town), "accept", "dispatch")
    work()
    asked = parse_qs(urlsplit(service.got[0][0]).query)
    stamp = asked["timestamp"][0]
    digest = hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), "sha256").digest()
    assert asked["sign"] == [base64.b64encode(digest).decode()]
    assert asked["access_token"] == ["t"]


def test_a_robot_that_refuses_in_a_friendly_answer_has_failed(town, service, work):
    """Both messengers answer 200 and say in the body that they took nothing."""
    robot(town, service, sort="wecom", secret="")
    service.reply = {"errcode": 45009, "errmsg": "api freq out of limit"}
    make.walk(town, make.matter(town), "accept", "dispatch")
    work()
    (sending,) = queries.letters()
    assert sending.error == "NotTaken: errcode 45009: api freq out of limit"
    assert sending.again_at == NOON + timedelta(seconds=2)
    assert not sending.failed
    service.reply = {"errcode": 0}
    work(NOON + timedelta(seconds=3))
    assert (Letter.objects.get().state, Letter.objects.get().tries) == ("sent", 2)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/robot/send?access_token=t",
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=t",
        "https://qyapi.weixin.qq.com.example.org/",
        "https://10.0.0.1/",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_robot_elsewhere_is_refused_with_a_sentence(town, address):
    with pytest.raises(ValidationError, match="企业微信或钉钉"):
        actions.add_robot(
            town.lights, sort="wecom", name="群", address=address, secret="",
            by=town.staff("administrator"), at=NOON,
        )  # fmt: skip
    assert town.lights.robots.count() == 0


def test_only_an_administrator_attaches_tries_and_removes_robots(town, service):
    made = robot(town, service)
    by = town.staff("supervisor")
    for act in (actions.try_robot, actions.remove_robot):
        with pytest.raises(PermissionDenied, match="管理员"):
            act(made, by=by, at=NOON)
    assert town.lights.robots.count() == 1


def test_where_a_robot_is_reached_is_sealed_and_its_coming_and_going_is_kept(town, service):
    made = robot(town, service)
    assert b"access_token" not in bytes(made.sealed)
    actions.remove_robot(made, by=town.staff("administrator"), at=NOON)
    kept = Entry.objects.filter(subject=town.lights.pk, verb__startswith="office.robot")
    assert [entry.verb for entry in kept.order_by("seq")] == [
        "office.robot_added",
        "office.robot_removed",
    ]
    assert town.lights.robots.count() == 0


def test_a_gateway_gets_each_text_message_with_its_key(town, service, settings, work):
    settings.SMS_GATEWAY, settings.SMS_TOKEN = service.address, "secret"
    make.matter(town, contact=PHONE)
    work()
    ((_path, headers, body),) = service.got
    letter = Letter.objects.get()
    assert (body["to"], body["key"], letter.state) == ("000-1234", letter.pk.hex, "sent")
    assert headers["Authorization"] == "Bearer secret"


def test_a_failed_delivery_is_seen_retried_and_can_be_resent(town, service, settings, work):
    settings.SMS_GATEWAY, service.status = service.address, 503
    make.matter(town, contact=PHONE)
    at = NOON
    for _try in range(12):
        work(at)
        at += timedelta(minutes=20)
    (sending,) = queries.letters()
    assert (sending.failed, sending.error) == (True, "NotTaken: HTTP 503")
    assert len(service.got) == 10

    service.status = 200
    actions.resend(sending.letter, by=town.staff("administrator"), at=at)
    work(at)
    assert Letter.objects.get().state == "sent"
    assert not Job.objects.filter(topic="letter").exists()


def test_a_gateway_that_is_away_blocks_no_intake(town, service, settings, work):
    settings.SMS_GATEWAY = "http://127.0.0.1:9/"  # nobody listens there
    matter = make.matter(town, contact=PHONE)
    work()
    assert make.walk(town, matter, "accept").state == "accepted"
    assert "Connection refused" in queries.letters()[0].error


def test_a_redirect_is_not_followed(town, service, settings, work):
    settings.SMS_GATEWAY, service.status = service.address, 302
    make.matter(town, contact=PHONE)
    work()
    assert (len(service.got), queries.letters()[0].error) == (1, "NotTaken: HTTP 302")

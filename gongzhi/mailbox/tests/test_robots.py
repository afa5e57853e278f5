"""What somebody writes to a robot becomes a matter; a group is never read, and reads no code."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from defusedxml.ElementTree import fromstring
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.actors import SYSTEM
from gongzhi.mailbox import actions, signing
from gongzhi.mailbox.models import Claim
from gongzhi.mailbox.readers import robots as readers
from gongzhi.mailbox.signing import BadSignature
from gongzhi.mailbox.tests import make
from gongzhi.matters.models import Channel, Matter
from gongzhi.matters.queries import by_receipt

pytestmark = pytest.mark.django_db
WECOM = {"token": "QDG6eK", "receiver": "wx5823bf96d3bd56c7"}


def stamp(at):
    return str(int(at.timestamp() * 1000))


def said(**says):
    usual = {
        "msgId": "m1",
        "msgtype": "text",
        "text": {"content": "路口的路灯不亮了。"},
        "conversationType": "1",
        "senderStaffId": "u1",
        "sessionWebhook": "http://10.0.0.1/never-called",
    }
    return usual | says


def ding(client, robot, document, *, secret=make.SECRET, at=None):
    when = stamp(at or now())
    headers = {"timestamp": when, "sign": signing.dingtalk_signature(secret, when)}
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    where = reverse("mailbox:callback", args=[robot.slug])
    return client.post(where, body, content_type="application/json", headers=headers)


def answered(response):
    assert response.status_code == 200
    assert response.json()["msgtype"] == "text"
    return response.json()["text"]["content"]


@pytest.fixture
def robot(town):
    return make.robot(town)


def test_a_private_word_becomes_a_matter_and_its_writer_gets_the_receipt(client, town, robot):
    told = answered(ding(client, robot, said()))
    matter = make.only()
    assert (matter.channel, matter.kind, matter.place) == (Channel.ROBOT, town.lamp, town.community)
    assert matter.text == "路口的路灯不亮了。"
    assert not matter.requester.sealed
    code = told.split("查询码 ")[1].split("，")[0]
    assert by_receipt(matter.number, code) == matter


def test_the_same_message_again_is_answered_the_same_without_a_twin(client, robot):
    first, again = ding(client, robot, said()), ding(client, robot, said())
    assert answered(first) == answered(again)
    assert Matter.objects.count() == 1


def test_in_a_group_neither_number_nor_code_nor_a_word_is_said(client, robot):
    asked = said(conversationType="2", isInAtList=True)
    told = answered(ding(client, robot, asked))
    matter = make.only()
    assert matter.number not in told
    assert "路灯" not in told
    assert told == "已收到。编号和查询码只告诉您本人：请在 7 天内私聊我，发送“回执”。"
    other = said(msgId="m2", senderStaffId="u2", text={"content": "回执"})
    assert "没有您在群里发送" in answered(ding(client, robot, other))
    mine = said(msgId="m3", text={"content": " 回执 "})
    assert matter.number in answered(ding(client, robot, mine))
    assert not Claim.objects.exists()
    assert "没有您在群里发送" in answered(ding(client, robot, mine | {"msgId": "m4"}))
    assert Matter.objects.count() == 1


def test_a_claim_lasts_a_week_and_names_nobody(client, robot):
    answered(ding(client, robot, said(conversationType="2", isInAtList=True)))
    claim = Claim.objects.get()
    assert "u1" not in claim.whose
    late = claim.until + timedelta(seconds=1)
    heard = readers.Heard("m9", "u1", "回执", is_group=False, is_meant=True)
    assert "没有您" in actions.hear(robot, heard, by=SYSTEM, at=late)
    assert actions.erase(by=SYSTEM, at=late) == 1


@pytest.mark.parametrize("more", [{"isInAtList": False}, {}, {"isInAtList": "true"}])
def test_a_group_is_not_read(client, robot, more):
    answer = ding(client, robot, said(conversationType="2", **more))
    assert answer.status_code == 422
    assert answer.json()["detail"] == "不读取群聊：只接收 @ 机器人的消息。"
    assert not Matter.objects.exists()
    assert not Claim.objects.exists()


@pytest.mark.parametrize("late", [timedelta(hours=1, minutes=1), -timedelta(hours=1, minutes=1)])
def test_a_stale_or_wrong_signature_is_refused(client, robot, late):
    wrong = "签名不正确，或时间相差超过一小时。"
    for answer in (
        ding(client, robot, said(), at=now() - late),
        ding(client, robot, said(), secret="another"),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (403, wrong)
    assert not Matter.objects.exists()


def test_guessing_the_secret_is_slowed_down(client, robot):
    for _n in range(20):
        assert ding(client, robot, said(), secret="x").status_code == 403
    answer = ding(client, robot, said(), secret="x")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"{", 400, "内容不是UTF-8编码的JSON。"),
        ("{'路'}".encode("gb18030"), 400, "内容不是UTF-8编码的JSON。"),
        (b"[1]", 400, "这不是即时通讯平台的消息。"),
        (json.dumps(said(msgId=None)).encode(), 400, "这不是即时通讯平台的消息。"),
        (json.dumps(said(msgId="x" * 201)).encode(), 400, "这不是即时通讯平台的消息。"),
        (b" " * 65_537, 413, "消息超过 64 KB。"),
    ],
)
def test_what_is_no_message_is_told(client, robot, body, status, why):
    answer = ding(client, robot, body)
    assert (answer.status_code, answer.json()["detail"]) == (status, why)


def test_what_is_no_words_or_empty_is_answered(client, robot):
    assert "只能接收文字" in answered(ding(client, robot, said(msgtype="picture")))
    assert answered(ding(client, robot, said(text={"content": " "}))) == "请简单写几句。"
    assert answered(ding(client, robot, said(text="?"))) == "请简单写几句。"


def test_a_flood_of_one_is_stopped(client, robot):
    for n in range(20):
        assert "已收到" in answered(ding(client, robot, said(msgId=f"m{n}")))
    assert "尝试次数过多" in answered(ding(client, robot, said(msgId="m20")))
    assert Matter.objects.count() == 20


def test_a_robot_that_is_off_says_so(client, town):
    robot = make.robot(town, is_on=False)
    answer = ding(client, robot, said())
    assert (answer.status_code, answer.json()["detail"]) == (409, "该机器人已停用：请联系管理员。")


def test_staff_cannot_speak_for_a_messenger(town, robot):
    heard = readers.Heard("m", "u", "x", is_group=False, is_meant=True)
    with pytest.raises(PermissionDenied, match="只有即时通讯平台可以送来"):
        actions.hear(robot, heard, by=town.staff("administrator"), at=make.NOON)
    with pytest.raises(PermissionDenied, match="只有管理员可以管理邮箱和机器人。"):
        actions.add_robot(
            sort="dingtalk", name="x", secret="x", office=town.lights, place=None,
            by=town.staff("acceptor"), at=make.NOON,
        )  # fmt: skip


# --- Enterprise WeChat.


def xml(**says):
    usual = {"ToUserName": WECOM["receiver"], "FromUserName": "zhang", "MsgType": "text"}
    every = usual | {"MsgId": "77", "Content": "路口的路灯不亮了。"} | says
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in every.items())
    return f"<xml>{inner}</xml>".encode()


def query(sealed, *, at=None, token=WECOM["token"]):
    when, nonce = str(int((at or now()).timestamp())), "1372623149"
    signature = signing.wecom_signature(token, when, nonce, sealed)
    return {"msg_signature": signature, "timestamp": when, "nonce": nonce}


def wecom(client, robot, message, **more):
    sealed = signing.seal_wecom(make.AES_KEY, message, WECOM["receiver"])
    body = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    where = reverse("mailbox:callback", args=[robot.slug])
    return client.post(where, body, content_type="text/xml", query_params=query(sealed, **more))


def opened(response):
    """Return what an answer says, read as the messenger reads it."""
    assert response.status_code == 200
    root = fromstring(response.content)
    sealed, stamp, nonce = (root.findtext(n) for n in ("Encrypt", "TimeStamp", "Nonce"))
    assert root.findtext("MsgSignature") == signing.wecom_signature(
        WECOM["token"], stamp, nonce, sealed
    )
    inner = signing.open_wecom(make.AES_KEY, sealed, WECOM["receiver"])
    return fromstring(inner).findtext("Content")


@pytest.fixture
def wechat(town):
    return make.robot(town, "wecom", name="小云企微")


def test_the_sample_of_their_documents_is_opened():
    """From developer.work.weixin.qq.com, “encryption and decryption”; another's library reads it the same."""
    sealed = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
    shown = "477715d11cdb4164915debcba66cb864d751f3e6"
    said = ("1409659813", "1372623149", sealed)
    at = datetime.fromtimestamp(1409659813, UTC)
    signing.check_wecom("QDG6eK", shown, said, at)
    key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
    heard = readers.wecom(signing.open_wecom(key, sealed, "wx5823bf96d3bd56c7"))
    assert heard == readers.Heard("4561255354251345929", "mycreate", "hello", False, True)
    with pytest.raises(BadSignature):
        signing.open_wecom(key, sealed, "another")


def test_dingtalk_signs_as_its_documents_say():
    # By openssl: printf '1577262236757\nsecret' | openssl dgst -sha256 -hmac secret -binary | base64
    assert signing.dingtalk_signature("secret", "1577262236757") == SIGNED


SIGNED = "TIz5XcFHyeEuCoyc+5d9DoNiRC3txFfOzZU76lmRbYc="


def test_the_address_shows_that_it_is_ours(client, wechat):
    sealed = signing.seal_wecom(make.AES_KEY, b"1616140317555161061", WECOM["receiver"])
    where = reverse("mailbox:callback", args=[wechat.slug])
    answer = client.get(where, query(sealed) | {"echostr": sealed})
    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    answer = client.get(where, query(sealed, token="x") | {"echostr": sealed})
    assert answer.status_code == 403
    assert client.get(where).status_code == 403


def test_a_word_to_the_application_becomes_a_matter(client, wechat):
    told = opened(wecom(client, wechat, xml()))
    matter = make.only()
    assert matter.number in told
    assert "查询码" in told
    assert opened(wecom(client, wechat, xml())) == told
    assert Matter.objects.count() == 1


def test_in_a_group_the_robot_must_be_called(client, wechat):
    group = {"ChatType": "group", "Content": "@小云 路灯不亮"}
    told = opened(wecom(client, wechat, xml(**group)))
    matter = make.only()
    assert matter.text == "路灯不亮"
    assert matter.number not in told
    answer = wecom(client, wechat, xml(ChatType="group", MsgId="78", Content="大家好"))
    assert answer.status_code == 422
    assert Matter.objects.count() == 1


def test_what_is_no_words_is_left_alone(client, wechat):
    answer = wecom(client, wechat, xml(MsgType="event", Event="subscribe"))
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_stale_or_wrong_callback_is_refused(client, wechat):
    old = wecom(client, wechat, xml(), at=now() - timedelta(hours=2))
    other = wecom(client, wechat, xml(), token="x")
    assert (old.status_code, other.status_code) == (403, 403)


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>'


@pytest.mark.parametrize(
    "body", [BOMB, OUTSIDE, b"<xml>", b"", "<xml>路灯</xml>".encode("gb18030")]
)
def test_xml_that_would_do_harm_is_not_read(client, wechat, body):
    where = reverse("mailbox:callback", args=[wechat.slug])
    answer = client.post(where, body, content_type="text/xml", query_params=query(""))
    assert answer.status_code == 400
    assert answer.json()["detail"] in ("不是可读取的 XML。", "请以 UTF-8 发送文字：这不是 UTF-8。")
    answer = wecom(client, wechat, body)
    assert answer.status_code == 400


@pytest.mark.once
@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_comes_out_again(message, receiver):
    sealed = signing.seal_wecom(make.AES_KEY, message, receiver)
    assert signing.open_wecom(make.AES_KEY, sealed, receiver) == message


@pytest.mark.once
@given(st.binary(max_size=100))
def test_what_was_never_sealed_is_refused(noise):
    with pytest.raises(BadSignature):
        signing.open_wecom(make.AES_KEY, base64.b64encode(noise).decode(), "x")


@pytest.mark.parametrize(
    ("sort", "says", "why"),
    [
        ("dingtalk", {"secret": ""}, "该平台必须填写这一项。"),
        ("wecom", {"token": ""}, "该平台必须填写这一项。"),
        ("wecom", {"aes_key": "short"}, "EncodingAESKey 应为 43 位字母和数字。"),
        ("wecom", {"aes_key": "?" * 43}, "EncodingAESKey 应为 43 位字母和数字。"),
    ],
)
def test_a_robot_needs_what_its_messenger_knows_it_by(town, sort, says, why):
    with pytest.raises(ValidationError, match=why):
        make.robot(town, sort, **says)

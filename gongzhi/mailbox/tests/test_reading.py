"""What strangers write is read within bounds; whatever the bytes, there is an answer."""

from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gongzhi.mailbox.readers.hypertext import words_of
from gongzhi.mailbox.readers.mails import Read, Unreadable, read_mail
from gongzhi.mailbox.readers.quotes import newly_said, unsigned
from gongzhi.mailbox.tests import make

HEADS = b"From: a@example.com\r\nMessage-ID: <1@x>\r\n"


def read(raw: bytes | EmailMessage) -> Read:
    return read_mail(raw if isinstance(raw, bytes) else bytes(raw), make.OWN)


def jpeg(size: int = 300) -> bytes:
    out = BytesIO()
    Image.effect_noise((size, size), 90).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "gb18030", "big5", "x-unknown", ""])
def test_words_are_read_in_their_charset_or_the_first_that_fits(charset):
    real = charset if charset not in ("", "x-unknown", "gb2312") else "gb18030"
    content = "路燈不亮了".encode(real)
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    raw = (
        HEADS
        + f"Content-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
        + content
    )
    assert read(raw).words == "路燈不亮了"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (b"=?utf-8?b?6Lev54Gv?=", "路灯"),
        (b"=?gb2312?b?wreu?=  =?gb2312?Q?=B5=C6?=", "路灯"),
        (b"=?utf-8?b?6Lev5?=", None),
        (b"=?nonsense?q?abc?=", "abc"),
        (b"plain\r\n folded", "plain folded"),
        ("生的".encode(), None),
    ],
)
def test_subjects_are_read_whatever_is_wrong_with_them(subject, expected):
    said = read(HEADS + b"Subject: " + subject + b"\r\n\r\nx").subject
    if expected is not None and "wreu" not in subject.decode("latin-1"):
        assert said == expected


def test_html_becomes_words_and_nothing_is_loaded():
    html = """<html><head><title>no</title><style>p{}</style></head><body><p>路灯&nbsp;不亮</p>
    <script>alert(1)</script><img src="https://spy.example/x.png"><div>第二行<br>第三行</div>
    <div class="gmail_quote">您的事项</div></body></html>"""
    assert words_of(html) == "路灯 不亮\n\n第二行\n第三行"
    mail = make.mail(Subject="")
    mail.set_content(html, subtype="html")
    assert read(mail).words == "路灯 不亮\n\n第二行\n第三行"


def test_of_two_forms_of_the_same_words_the_plain_one_is_read():
    mail = make.mail("纯文本")
    mail.add_alternative("<p>网页</p>", subtype="html")
    assert read(mail).words == "纯文本"


@pytest.mark.parametrize(
    "below",
    [
        "在 2026年3月2日 12:00，区邮箱写道：\n> 您的事项",
        "On Mon, Mar 2, 2026 at 12:00 PM Box <a@b.c> wrote:\n> We have",
        "------------------ 原始邮件 ------------------\n发件人: 区邮箱",
        "-----Original Message-----\nFrom: x",
        "发件人：区邮箱\n发送时间：2026年3月2日\n主题：路灯",
        "From: Box\nSent: Monday\nTo: me",
        "________________________________\nFrom: Box",
        "> 您的事项\n> 已收到",
    ],
)
def test_what_is_quoted_below_an_answer_is_cut_off(below):
    assert newly_said(f"就在校门口。\n第二行\n\n{below}") == "就在校门口。\n第二行"


@pytest.mark.parametrize("sign", ["-- \n张三", "发自我的iPhone", "Sent from my iPhone"])
def test_signatures_are_cut_off(sign):
    assert unsigned(f"路灯不亮。\n\n{sign}") == "路灯不亮。"


def test_words_that_only_look_like_a_quotation_stay():
    said = "发件人是谁我不知道\nFrom here on it is dark"
    assert newly_said(said) == said


def test_files_are_written_anew_and_those_refused_are_told():
    mail = make.mail()
    mail.add_attachment(jpeg(), maintype="image", subtype="jpeg", filename="灯.jpg")
    mail.add_attachment(b"MZ\x90", maintype="application", subtype="octet-stream", filename="a.exe")
    said = read(mail)
    assert [one.name for one in said.files] == ["灯.jpg"]
    assert len(said.refused) == 1
    assert "照片" in said.refused[0]


def test_no_more_than_nine_files_are_taken():
    mail = make.mail()
    for n in range(11):
        mail.add_attachment(jpeg(), maintype="image", subtype="jpeg", filename=f"{n}.jpg")
    said = read(mail)
    assert (len(said.files), len(said.refused)) == (9, 2)


def test_a_sign_within_the_words_is_no_photo():
    mail = make.mail()
    mail.add_related(jpeg(20), maintype="image", subtype="jpeg", cid="<logo@x>")
    assert read(mail).files == ()


def nested(n: int) -> bytes:
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n" for i in range(n)
    )
    return HEADS + parts.encode() + b"Content-Type: text/plain\r\n\r\nx"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (nested(20), "parts"),
        (nested(5000), "parts"),
        (HEADS + b"X: " + b"(" * 70_000 + b"\r\n\r\nx", "parts"),
        (HEADS + b"\r\n" + b"x" * (25 * 1024 * 1024 + 1), "large"),
        (HEADS + b"\r\n \r\n", "empty"),
        (b"Subject: x\r\n\r\nx", "sender"),
        (b"From: nobody\r\n\r\nx", "sender"),
        (b"From: a@b@c <>\r\n\r\nx", "sender"),
        (b"", "sender"),
    ],
)
def test_what_cannot_be_taken_says_why_and_soon(raw, reason):
    begun = monotonic()
    with pytest.raises(Unreadable) as caught:
        read(raw)
    assert (caught.value.reason, len(caught.value.digest)) == (reason, 64)
    assert monotonic() - begun < 2


def test_a_mail_within_a_mail_is_not_read():
    inner = make.mail("里面的")
    mail = make.mail("外面的")
    mail.add_attachment(inner)
    said = read(mail)
    assert (said.words, said.files) == ("外面的", ())


def test_a_report_of_delivery_is_a_bounce():
    raw = HEADS + b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\nfailed\r\n--x--"
    assert read(raw).machine == "bounce"


@pytest.mark.parametrize(
    "said",
    [
        *("<" * 200_000, "<p " + "a=" * 100_000, "&#" * 100_000, "<!--" * 50_000, "<!" * 100_000),
        *("<?" * 100_000, "</" * 100_000, "<a " * 100_000, "</a" * 100_000, "<script>" * 50_000),
        *("<![CDATA[" * 20_000, "<p a='" * 60_000, "<style></st" * 20_000, "<div>" * 60_000),
    ],
)
def test_html_that_would_take_long_is_read_soon(said):
    begun = monotonic()
    words_of(said)
    assert monotonic() - begun < 3


def test_lines_that_would_take_long_are_read_soon():
    begun = monotonic()
    for said in (
        "On " + "a " * 100_000,
        "-" * 200_000,
        "在" * 200_000,
        "\n" * 100_000,
        "发自" * 100_000,
    ):
        newly_said(said)
    assert monotonic() - begun < 3


LINES = st.sampled_from(
    [
        *(
            b"From: a@example.com",
            b"From: =?utf-8?q?",
            b"Content-Type: multipart/mixed; boundary=x",
        ),
        *(b"Content-Type: text/html; charset=gb2312", b"Content-Type: image/png", b"--x", b"--x--"),
        *(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable"),
        *(b"Content-Disposition: attachment; filename*=utf-8''%ff", b"", b"\xff\xfe", b"=C4=E3"),
        *(b"Content-Type: message/rfc822", b"In-Reply-To: <" + b"0" * 32 + b"@gongzhi>", b"aGk="),
        *(b"Content-Type: text/plain; charset*=x'", b"Subject: =?x?b?!!!?=", b"Message-ID: <\x00>"),
    ]
)


@pytest.mark.once
@given(st.lists(LINES | st.binary(max_size=30), max_size=25))
def test_whatever_bytes_come_they_are_read_or_refused(lines):
    assert len(digest(b"\r\n".join(lines))) == 64


def digest(raw: bytes) -> str:
    """Return what a mail is known by, whether it can be taken or not."""
    try:
        return read(raw).digest
    except Unreadable as fault:
        return fault.digest if fault.reason else ""

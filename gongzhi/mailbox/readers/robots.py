"""What a messenger sends when somebody writes to a robot: the XML of Enterprise WeChat, the JSON of DingTalk."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from gongzhi.base.text import clean

LONGEST_TEXT, LONGEST_ID = 5000, 200
_MENTION = re.compile(r"^(@\S{1,60}\s*)+")


class NoMessage(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """What came is no message that can be read; says why."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody wrote: ``key`` is the messenger's id of it, ``who`` its name for them.

    ``is_meant``: it was written to the robot; in a group only where the robot was called by name.
    """

    key: str
    who: str
    text: str
    is_group: bool
    is_meant: bool


def unsealed(body: bytes) -> str:
    """Return what is sealed in a callback of Enterprise WeChat.

    :raises NoMessage: no XML, or nothing is sealed in it
    """
    return _text(_parsed(body), "Encrypt")


def wecom(message: bytes) -> Heard | None:
    """Return what somebody wrote; None where it is no words (somebody joined, a picture).

    :raises NoMessage: no XML
    """
    root = _parsed(message)
    if _text(root, "MsgType") != "text":
        return None
    said = _text(root, "Content") or _text(root, "Text/Content")
    is_group = _text(root, "ChatType") == "group"
    return Heard(
        key=_needed(_text(root, "MsgId")),
        who=_needed(_text(root, "FromUserName") or _text(root, "From/UserId")),
        text=_cut(_MENTION.sub("", said) if is_group else said),
        is_group=is_group,
        is_meant=not is_group or bool(_MENTION.match(said)),
    )


def dingtalk(body: bytes) -> Heard | None:
    """Return what somebody wrote; None where it is no words.

    :raises NoMessage: no JSON, or not as DingTalk has it
    """
    try:
        said = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise NoMessage(_("The body is not JSON in UTF-8.")) from None
    if not isinstance(said, dict):
        raise NoMessage(_("This is no message of a messenger."))
    if said.get("msgtype") != "text":
        return None
    inner = said.get("text")
    is_group = said.get("conversationType") != "1"
    return Heard(
        key=_needed(said.get("msgId")),
        who=_needed(said.get("senderStaffId") or said.get("senderId")),
        text=_cut(inner.get("content") if isinstance(inner, dict) else ""),
        is_group=is_group,
        is_meant=not is_group or said.get("isInAtList") is True,
    )


def _parsed(body: bytes) -> Element:
    try:
        root: Element = fromstring(body.decode(), forbid_dtd=True)
    except UnicodeDecodeError:
        raise NoMessage(_("Send text as UTF-8: this is not.")) from None
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        raise NoMessage(_("This is no XML that can be read.")) from None
    return root


def _text(root: Element, path: str) -> str:
    return (root.findtext(path) or "").strip()


def _needed(value: Any) -> str:
    plain = (
        clean(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    )
    if not plain or len(plain) > LONGEST_ID:
        raise NoMessage(_("This is no message of a messenger."))
    return plain


def _cut(value: Any) -> str:
    return clean(value)[:LONGEST_TEXT] if isinstance(value, str) else ""


def answer(text: str, stamp: int, heard: Heard | None, ours: str) -> bytes:
    """Return the answer of Enterprise WeChat, before it is sealed."""
    whom = _cdata(heard.who) if heard else ""
    return (
        f"<xml><ToUserName><![CDATA[{whom}]]></ToUserName>"
        f"<FromUserName><![CDATA[{_cdata(ours)}]]></FromUserName><CreateTime>{stamp}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{_cdata(text)}]]></Content></xml>"
    ).encode()


def envelope(sealed: str, signature: str, stamp: str, nonce: str) -> bytes:
    """Return an answer of Enterprise WeChat as it is sent."""
    return (
        f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{_cdata(nonce)}]]></Nonce></xml>"
    ).encode()


def _cdata(text: str) -> str:
    return text.replace("]]>", "]] >")

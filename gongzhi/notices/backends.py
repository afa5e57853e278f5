"""The last step out of the house.  Each takes the letter's key, so that a repeat can be recognised."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from gongzhi.base.post import NotTaken, is_safe, post


def send_email(to: str, text: str, key: str, heads: Mapping[str, str] | None = None) -> None:
    """Send by the mail service of the settings; the key is the Message-ID."""
    subject = text.split(":", maxsplit=1)[0].split("：", maxsplit=1)[0][:80]
    every = {**(heads or {}), "Message-ID": message_id(key)}
    EmailMessage(subject, text, to=[to], headers=every).send()


def message_id(key: str) -> str:
    """Return by which id a letter of ours is known where it is answered."""
    return f"<{key}@gongzhi>"


def send_sms(to: str, text: str, key: str) -> None:
    """Hand to the gateway of the settings; without one, write a JSON line to the outbox.

    :raises NotTaken: the gateway refused it
    """
    message = {"key": key, "to": to, "text": text}
    if settings.SMS_GATEWAY:
        headers = {"Authorization": f"Bearer {settings.SMS_TOKEN}"}
        post(settings.SMS_GATEWAY, message, headers, trusted=True)
        return
    outbox = Path(settings.EMAIL_FILE_PATH)
    outbox.mkdir(parents=True, exist_ok=True)
    with (outbox / "sms.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(message, ensure_ascii=False) + "\n")


def send_robot(to: str, text: str, *, secret: str, at: datetime) -> None:
    """Hand to a group robot of Enterprise WeChat or DingTalk, which read the same message.

    DingTalk wants its address signed where the robot has a secret (HMAC-SHA-256 over time and secret).

    :raises NotTaken: it refused; both say so with an error code in an answer that is otherwise fine
    """
    where = signed(to, secret, at) if secret else to
    reply = post(where, robot_message(text), trusted=may_reach(to))
    if reply.get("errcode") != 0:
        raise NotTaken(f"errcode {reply.get('errcode')}: {str(reply.get('errmsg'))[:200]}")


def robot_message(text: str) -> dict[str, Any]:
    """Return a message in the form of both robots."""
    return {"msgtype": "text", "text": {"content": text}}


def signed(address: str, secret: str, at: datetime) -> str:
    """Return the robot's address with the signature of this moment."""
    stamp = int(at.timestamp() * 1000)
    digest = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
    return f"{address}&timestamp={stamp}&sign={quote(base64.b64encode(digest), safe='')}"


def may_reach(address: str) -> bool:
    """Return whether a robot's address is of a host that the settings allow, over HTTPS."""
    return is_safe(address) and urlsplit(address).hostname in settings.ROBOT_HOSTS

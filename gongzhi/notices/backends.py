"""The last step out of the house.  Each takes the letter's key, so that a repeat can be recognised."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage


def send_email(to: str, text: str, key: str) -> None:
    """Send by the mail service of the settings; the key is the Message-ID."""
    subject = text.split(":", maxsplit=1)[0].split("：", maxsplit=1)[0][:80]
    EmailMessage(subject, text, to=[to], headers={"Message-ID": f"<{key}@gongzhi>"}).send()


def send_sms(to: str, text: str, key: str) -> None:
    """Write to the development outbox, a file with one JSON line a message, until a service is set."""
    outbox = Path(settings.EMAIL_FILE_PATH)
    outbox.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"key": key, "to": to, "text": text}, ensure_ascii=False)
    with (outbox / "sms.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")

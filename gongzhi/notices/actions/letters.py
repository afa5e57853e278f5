"""What leaves the house: written, sealed, sent, tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base.ids import uuid7
from gongzhi.base.seal import seal, unseal
from gongzhi.jobs.actions import enqueue, retry
from gongzhi.jobs.models import Job
from gongzhi.matters.models import Matter
from gongzhi.notices import backends, rules
from gongzhi.notices.models import Letter


def write(
    *,
    to: str,
    text: str,
    verb: str,
    way: str = "",
    secret: str = "",
    heads: Mapping[str, str] | None = None,
    matter: Matter | None = None,
    after: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Letter:
    """Keep a letter, sealed, and leave a job to send it, at once or not before ``after``.

    Without a ``way`` the address says which it is; ``secret`` is a robot's, ``heads`` are further
    ones of an e-mail.
    """
    key = uuid7()
    letter = Letter.objects.create(
        id=key,
        matter=matter,
        verb=verb,
        way=way or (Letter.Way.EMAIL if "@" in to else Letter.Way.SMS),
        sealed=seal(
            {"to": to, "text": text, "secret": secret, "heads": dict(heads or {})}, key.hex
        ),
        created_at=at,
    )
    enqueue("letter", by=by, at=at, key=key, after=after)
    return letter


def deliver(letter: Letter, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Hand a letter to its service, outside any transaction; one that was sent is left alone."""
    if letter.state == Letter.State.SENT:
        return
    content = unseal(bytes(letter.sealed), letter.pk.hex)
    to, said = content["to"], content["text"]
    match letter.way:
        case Letter.Way.EMAIL:
            backends.send_email(to, said, letter.pk.hex, content.get("heads"))
        case Letter.Way.SMS:
            backends.send_sms(to, said, letter.pk.hex)
        case Letter.Way.ROBOT:
            backends.send_robot(to, said, secret=content["secret"], at=at)


def sent(letter: Letter, *, attempt: int, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Keep that a letter went out at the ``attempt``: from 2 on it may have arrived twice."""
    if letter.state == Letter.State.SENT:
        return
    letter.state, letter.sent_at, letter.tries = Letter.State.SENT, at, attempt
    letter.save(update_fields=["state", "sent_at", "tries"])


def resend(letter: Letter, *, by: Actor, at: datetime) -> None:
    """Try a letter once more from the start: the job that waits for somebody, else a new one."""
    rules.check_letters(by)
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.WAITING)
    stuck = Job.objects.filter(topic="letter", key=letter.pk).first()
    if stuck:
        retry(stuck, by=SYSTEM, at=at)
    else:
        enqueue("letter", by=by, at=at, key=letter.pk)

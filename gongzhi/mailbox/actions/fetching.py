"""Mailboxes are read: outside any transaction, one job a mailbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.jobs.actions import enqueue
from gongzhi.jobs.models import Job
from gongzhi.mailbox import backends, queries, rules
from gongzhi.mailbox.backends import Fault, Got
from gongzhi.mailbox.models import Mailbox
from gongzhi.mailbox.readers.mails import Read, Unreadable, digest_of, read_mail

TOPIC = "mailbox"


@dataclass(slots=True)
class Fetched:
    """What a round brought: mails as they were read, each with its UID, or why there are none."""

    before: tuple[str, int]
    validity: str = ""
    last_uid: int = 0
    mails: list[tuple[int, Read | Unreadable]] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)
    fault: str = ""


def check(by: Actor) -> None:
    """Raise `PermissionDenied` unless ``by`` is the installation itself."""
    if not rules.may_fetch(by):
        raise PermissionDenied(_("Only the installation itself sends and asks."))


def look_after(*, by: Actor, at: datetime) -> int:
    """Leave a job for each mailbox that is due and has none; return how many."""
    check(by)
    waiting = set(Job.objects.filter(topic=TOPIC, failed_at=None).values_list("key", flat=True))
    found = [one for one in queries.due(at) if one.pk not in waiting]
    Job.objects.filter(topic=TOPIC, key__in=[one.pk for one in found]).delete()  # they failed
    for mailbox in found:
        enqueue(TOPIC, by=by, at=at, key=mailbox.pk)
    return len(found)


def fetch(mailbox: Mailbox, *, by: Actor, at: datetime) -> Fetched:
    """Read what is new in a mailbox, outside any transaction; a fault is told, not raised."""
    check(by)
    found = Fetched(before=(mailbox.validity, mailbox.last_uid))
    try:
        seen = backends.look(
            queries.where(mailbox),
            validity=mailbox.validity,
            last_uid=mailbox.last_uid,
            since=queries.since(mailbox, at),
            marks=queries.marks(mailbox),
        )
    except Fault as fault:
        found.fault = fault.code
        return found
    found.validity, found.last_uid, found.marked = seen.validity, seen.last_uid, seen.marked
    found.mails = [(one.uid, _read(one, mailbox.address)) for one in seen.got]
    return found


def _read(got: Got, own: str) -> Read | Unreadable:
    if not got.is_whole:
        return Unreadable("large", digest_of(got.raw))
    try:
        return read_mail(got.raw, own)
    except Unreadable as fault:
        return fault

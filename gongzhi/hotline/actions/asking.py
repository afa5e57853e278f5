"""Platforms that write to nobody are asked for their messages."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, TypedDict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.base.post import NotTaken
from gongzhi.hotline import backends, rules
from gongzhi.hotline.actions.hearing import hear
from gongzhi.hotline.backends import Far
from gongzhi.hotline.models import LONGEST_FAULT, Message, Platform
from gongzhi.hotline.queries import Unusable
from gongzhi.jobs.actions import enqueue
from gongzhi.jobs.models import Job

POLL = "hotline_poll"


class Polled(TypedDict):
    """What one question brought: messages and how far that is; or why none."""

    since: str
    messages: list[Any]
    following: str
    fault: str


def look_after(platform: Platform, *, by: Actor, at: datetime) -> bool:
    """Leave a job to ask a platform for its messages, unless one waits."""
    _check_may(by)
    if Job.objects.filter(topic=POLL, key=platform.pk, failed_at=None).exists():
        return False
    Job.objects.filter(
        topic=POLL, key=platform.pk
    ).delete()  # it failed: the next one asks the same
    enqueue(POLL, by=by, at=at, key=platform.pk)
    return True


def ask(platform: Platform, *, by: Actor, at: datetime) -> Polled:
    """Ask a platform for its messages, outside any transaction; a fault of its own is told, not raised."""
    _check_may(by)
    heard = Polled(since=platform.cursor, messages=[], following=platform.cursor, fault="")
    try:
        heard["messages"], heard["following"] = backends.ask(
            Far(platform.address, platform.key), platform.cursor, platform.our_code, at
        )
    except (NotTaken, OSError) as fault:
        heard["fault"] = str(fault)[:LONGEST_FAULT] or type(fault).__name__
    return heard


@transaction.atomic
def polled(platform: Platform, *, heard: Polled, by: Actor, at: datetime) -> int:
    """Do what each message says; return how many there were.  One that cannot be is told on the page.

    What speaks of an order that comes after it waits for that.  Of two answers to the same question the second changes nothing.
    """
    _check_may(by)
    mine = Platform.objects.filter(pk=platform.pk, cursor=heard["since"])
    if not mine.update(cursor=heard["following"], asked_at=at, fault=heard["fault"]):
        return 0
    early = [one for one in heard["messages"] if not _hear(platform, one, at)]
    for one in early:
        if not _hear(platform, one, at):
            _leave_out(platform, one, _("No order with this number came here."), at)
    return len(heard["messages"])


def _hear(platform: Platform, document: Any, at: datetime) -> bool:
    """Do what a message says, or tell why not; return False where its order is not here."""
    try:
        with transaction.atomic():
            hear(platform, document, by=Actor(platform.pk, platform.name), at=at)
    except Unusable as fault:
        said = "; ".join(f"{one.field}: {one.detail}" for one in fault.faults)
        _leave_out(platform, document, said, at)
    except (MoveLost, MoveRefused, ValidationError) as fault:
        _leave_out(platform, document, sentence(fault), at)
    except Http404:
        return False
    return True


def _leave_out(platform: Platform, document: Any, said: str, at: datetime) -> None:
    """Keep that a message could not be taken, and why: never what it says."""
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    known = {"done": False, "said": said[:LONGEST_FAULT], "at": at}
    Message.objects.get_or_create(platform=platform, key=digest, defaults=known)


def _check_may(by: Actor) -> None:
    if not rules.may_deliver(by):
        raise PermissionDenied(_("Only the installation itself sends and asks."))

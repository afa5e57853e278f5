"""What was read is kept: each mail becomes what it becomes once, whoever is killed when."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import uuid5

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongzhi.accounts.actions import spend
from gongzhi.advice.danger import danger_in
from gongzhi.audit.actors import Actor
from gongzhi.base.http import TooMany
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.mailbox import queries
from gongzhi.mailbox.actions.fetching import Fetched, check
from gongzhi.mailbox.models import Claim, Mail, Mailbox
from gongzhi.mailbox.readers.mails import Read, Unreadable
from gongzhi.matters import actions as matters
from gongzhi.matters.actions import Receipt, Report
from gongzhi.matters.models import LONGEST_TEXT, Channel, Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.rules import holder
from gongzhi.notices.actions import write

log = logging.getLogger(__name__)

MOST_OF_ONE, HOUR = 10, timedelta(hours=1)  # mails of one address
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
Outcome, Reason = Mail.Outcome, Mail.Reason


@transaction.atomic
def keep(mailbox: Mailbox, *, fetched: Fetched, by: Actor, at: datetime) -> int:
    """Make of each mail what it becomes, in their order; return how many were new.

    Of two rounds that read the same the second changes nothing.
    """
    check(by)
    validity, last_uid = fetched.before
    mine = Mailbox.objects.filter(pk=mailbox.pk, validity=validity, last_uid=last_uid)
    if fetched.fault:
        fails = mailbox.fails + 1
        mine.update(fault=fetched.fault, fails=fails, again_at=at + _wait(fails), asked_at=at)
        return 0
    fresh = {"validity": fetched.validity, "last_uid": fetched.last_uid, "fault": "", "fails": 0}
    if not mine.update(**fresh, again_at=None, asked_at=at):
        return 0
    mailbox.mails.filter(uid__in=fetched.marked, validity=validity).update(is_flagged=True)
    return sum(_keep(mailbox, uid, read, fetched.validity, at) for uid, read in fetched.mails)


def _wait(fails: int) -> timedelta:
    longer: timedelta = FIRST_WAIT * 2 ** min(fails, 10)
    return min(longer, LONGEST_WAIT)


def _keep(mailbox: Mailbox, uid: int, read: Read | Unreadable, validity: str, at: datetime) -> bool:
    digest = queries.digest(read.digest)
    known = mailbox.mails.filter(digest=digest).first()
    if known:  # under another UID, or copied into the folder a second time
        if (known.validity, known.uid) != (validity, uid):
            mailbox.mails.filter(pk=known.pk).update(validity=validity, uid=uid, is_flagged=False)
        return False
    outcome, reason = _become(mailbox, read, digest, at)
    Mail(
        mailbox=mailbox,
        digest=digest,
        validity=validity,
        uid=uid,
        outcome=outcome,
        reason=reason,
        at=at,
    ).save(force_insert=True)
    return True


def _become(
    mailbox: Mailbox, read: Read | Unreadable, digest: str, at: datetime
) -> tuple[str, str]:
    """Return what becomes of a mail, and why where that is nothing."""
    if isinstance(read, Unreadable):
        return Outcome.REFUSED, read.reason
    if read.machine:
        return Outcome.IGNORED, read.machine
    by = Actor(mailbox.pk, mailbox.name)
    try:
        spend(
            "mail",
            f"{mailbox.pk.hex}\0{read.sender.lower()}",
            limit=MOST_OF_ONE,
            window=HOUR,
            by=by,
            at=at,
        )
        with transaction.atomic():
            return _take(mailbox, read, digest, by, at), ""
    except TooMany:
        return Outcome.REFUSED, Reason.FLOOD
    except Error:
        raise
    except Exception:  # one mail that nobody thought of holds up no other
        log.exception("a mail could not be taken")
        return Outcome.REFUSED, Reason.BROKEN


def _take(mailbox: Mailbox, read: Read, digest: str, by: Actor, at: datetime) -> str:
    old = queries.answered(read.answers)
    if old and _added(old, read, at):
        return Outcome.ADDED
    receipt = matters.receive(_report(mailbox, read, digest, old, at), by=by, at=at)
    _answer(mailbox, receipt, read, by, at)
    return Outcome.TAKEN


def _added(matter: Matter, read: Read, at: datetime) -> bool:
    """Add what somebody answers to our letter; return False where nothing can be added any more."""
    words = _cut(read.said_anew) or _("(Sent by e-mail without words.)")
    try:
        with transaction.atomic():
            matters.add(matter, words=words, photos=read.files, by=holder(matter), at=at)
    except (MoveRefused, MoveLost, ValidationError):
        return False
    return True


def _cut(words: str) -> str:
    if len(words) <= LONGEST_TEXT:
        return words
    told = _("… (the rest stands in the mailbox)")
    return words[: LONGEST_TEXT - len(told)] + told


def _report(mailbox: Mailbox, read: Read, digest: str, old: Matter | None, at: datetime) -> Report:
    """Return what is raised by a mail; ``old`` is the matter that it speaks of, where that has ended."""
    today = localdate(at)
    words = "\n".join(filter(None, (read.subject, read.said_anew if old else read.words)))
    text = _cut(words) or _("(Sent by e-mail without words.)")
    kind, place = queries.kind_of(text, today), queries.place_of(text, mailbox.place, today)
    if kind is None or place is None:
        raise ValidationError(_("No places are set up yet. Please call the centre."))
    danger = danger_in(text)
    return Report(
        kind=kind,
        text=text,
        place=place,
        channel=Channel.EMAIL,
        contact=Contact(email=read.sender),
        urgent=bool(danger),
        danger=danger,
        photos=read.files,
        form_key=uuid5(mailbox.pk, digest),
        same=old,
    )


def _answer(mailbox: Mailbox, receipt: Receipt, read: Read, by: Actor, at: datetime) -> None:
    """Send the receipt, as an answer to the mail that a machine will not answer again."""
    heads = {"Reply-To": mailbox.address, "Auto-Submitted": "auto-replied"}
    if read.message_id:
        heads |= {"In-Reply-To": read.message_id, "References": read.message_id}
    said = {
        "number": receipt.matter.number,
        "code": receipt.code,
        "where": settings.ORIGIN + reverse("portal:follow"),
    }
    text = (
        _(
            "We have received your matter %(number)s: keep your receipt code %(code)s. With both you follow "
            "it here: %(where)s\n\nTo add something, answer this letter."
        )
        % said
    )
    write(
        to=read.sender,
        text="\n\n".join(filter(None, (text, _not_taken(read.refused)))),
        verb="receipt",
        heads=heads,
        matter=receipt.matter,
        by=by,
        at=at,
    )


def _not_taken(refused: tuple[str, ...]) -> str:
    """Return which of the files were not taken, and why."""
    if not refused:
        return ""
    n = len(refused)
    said = ngettext("%(n)d file was not taken.", "%(n)d files were not taken.", n) % {"n": n}
    return " ".join([said, *dict.fromkeys(filter(None, refused))])


def erase(*, by: Actor, at: datetime) -> int:
    """Erase what is known of old mails, and claims that nobody came for; return how much."""
    check(by)
    old = Mail.objects.filter(at__lt=at - queries.KEEP)
    n_mails, _each = old.exclude(outcome=Outcome.REFUSED, seen_at=None).delete()
    n_claims, _each = Claim.objects.filter(until__lte=at).delete()
    return n_mails + n_claims

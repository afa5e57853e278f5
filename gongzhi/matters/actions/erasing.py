"""What is known of the person behind a matter: put right, no longer used, and in the end erased."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import erase_words
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base import text
from gongzhi.base.moves import MoveLost
from gongzhi.base.rows import update
from gongzhi.base.seal import seal
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import rules
from gongzhi.matters.actions.searching import renew
from gongzhi.matters.actions.writing import change, tell_beside
from gongzhi.matters.models import (
    ERASED,
    Answer,
    Attachment,
    Deferral,
    Exclusion,
    Extension,
    FollowUp,
    FollowUpLink,
    Matter,
    Message,
    Objection,
    Requester,
    Supervision,
    Waiting,
)
from gongzhi.matters.receipts import Contact, email_hash, phone, phone_hash

LIST = "erased.log"
ROWS: tuple[type[models.Model], ...] = (Answer, Message, Attachment, FollowUpLink)
WORDS: dict[type[models.Model], tuple[str, ...]] = {
    FollowUp: ("comment",),
    Exclusion: ("words", "ruling"),
    Waiting: ("question",),
    Deferral: ("reason",),
    Objection: ("ground", "ruling"),
    Extension: ("reason", "ruling"),
    Supervision: ("instruction", "reported"),
}
FORGOTTEN: dict[str, Any] = {"phone_hash": "", "email_hash": "", "sealed": None}


@transaction.atomic
def correct_contact(matter: Matter, *, contact: Contact, by: Actor, at: datetime) -> None:
    """Put another contact in place of the one known of who raised ``matter``.

    :raises ValidationError: nothing in it, or it is no telephone number
    """
    _check(by, matter)
    if contact.phone:
        phone(contact.phone)
    known = {name: plain for name, said in asdict(contact).items() if (plain := text.clean(said))}
    if not known:
        raise ValidationError(_("Write a name, a telephone number or an e-mail address."))
    requester = Requester.objects.get(matter=matter)
    before, held = requester.sealed is not None, seal(known, matter.pk.hex)
    hashes = {"phone_hash": phone_hash(contact), "email_hash": email_hash(contact)}
    change(matter, Requester, {}, sealed=held, **hashes)
    facts = {"parts": sorted(known), "had": before}
    tell_beside(matter, "correct_contact", facts, by=by, at=at)


@transaction.atomic
def silence(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Send no more messages about ``matter`` to who raised it."""
    _check(by, matter)
    change(matter, Requester, {}, no_contact=True)
    tell_beside(matter, "silence", {}, by=by, at=at)


@transaction.atomic
def forget_contact(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Forget how to reach who raised ``matter``: nothing finds it by them; the receipt code still opens it."""
    _check(by, matter)
    change(matter, Requester, {}, **FORGOTTEN)
    tell_beside(matter, "forget_contact", {}, by=by, at=at)


@transaction.atomic
def erase(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Erase the contact, the words and the files of ``matter`` and its parts, in its history too.

    Number, kind, place, office, dates and results stay, so that every figure stays true; so does the
    receipt code, by which alone the tombstone is found.  What other apps hold of it goes by the job that
    this leaves.  Once it is done its key is written to a list outside the database (`LIST`), so that
    a backup that is put back can be made to forget it too: whoever does that calls this again, and
    what is erased already is left alone.  Whether it may go yet, say the rules of whoever calls this.

    :raises MoveLost: somebody moves it at this moment
    """
    _check(by, matter)
    if matter.is_erased:
        return
    for part in matter.parts.all():
        erase(part, by=by, at=at)
    files = _rows(matter)
    for model, names in WORDS.items():
        change(matter, model, {}, **dict.fromkeys(names, ""))
    change(matter, Requester, {}, **FORGOTTEN)
    gone: dict[str, Any] = {"title": ERASED, "text": "", "address": "", "lat": None, "lon": None}
    gone |= {
        "form_key": None,
        "version": matter.version + 1,
    }  # the code followed from the key of the form
    if not update(matter, gone, version=matter.version):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    for name, value in gone.items():
        setattr(matter, name, value)
    renew(matter)
    told = erase_words(matter, verb="matter.erase", by=by, at=at)
    enqueue("matter", by=by, at=at, key=matter.pk, args={"verb": "erase", "seq": told.seq})
    transaction.on_commit(partial(_after, matter.pk, files, at))


def _check(by: Actor, matter: Matter) -> None:
    if not rules.may_erase(by, matter):
        raise PermissionDenied(_("Only the data officer of the place may do this."))


def _rows(matter: Matter) -> list[str]:
    """Delete what was said and shown on a matter; return the names of its stored files."""
    kept = Attachment.objects.filter(matter=matter).values_list("file", "small", "original", "raw")
    files = [name for row in kept for name in row if name]
    for model in ROWS:
        model._default_manager.filter(matter=matter).delete()
    return files


def _after(key: UUID, files: list[str], at: datetime) -> None:
    """Note outside the database that a matter was erased, and delete its files."""
    note_erased(key, by=SYSTEM, at=at)
    for name in files:
        default_storage.delete(name)


def note_erased(key: UUID, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Note outside the database that what has this key was erased, for when a backup is put back."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR / LIST).open("a", encoding="utf-8") as noted:
        noted.write(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}, {key}\n")
        noted.flush()
        os.fsync(noted.fileno())

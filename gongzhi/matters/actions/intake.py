"""A matter is raised: by anybody, through any channel; and its requester adds to it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import Actor
from gongzhi.base import ids, text
from gongzhi.base.moves import IN_BATCH
from gongzhi.base.seal import seal
from gongzhi.deadlines.clocks import Days
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import limits, queries, rules
from gongzhi.matters.actions.files import attach
from gongzhi.matters.actions.searching import index
from gongzhi.matters.actions.writing import (
    WRITER,
    action,
    change,
    dated,
    move,
    promised,
    put,
    tell_beside,
)
from gongzhi.matters.models import (
    LONGEST_TEXT,
    Attachment,
    Channel,
    Kind,
    Matter,
    Message,
    Requester,
    Waiting,
)
from gongzhi.matters.receipts import Contact, email_hash, phone_hash, receipt_code, receipt_hash
from gongzhi.matters.uploads import Upload
from gongzhi.places.models import Place

FUTURE = timedelta(minutes=5)
MOST_PHOTOS = 9
TRIES = 3
ANONYMOUS = Contact()


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody raises, as told; or a part of a matter, ``parent``, that goes its own way.

    ``same`` is the matter that they say theirs repeats: whether the two are joined a person decides.
    ``number`` is what it is called in the installation that hands it to us, kept where it is free, and
    ``agreed_by`` what was promised there.
    """

    kind: Kind
    text: str
    place: Place
    channel: Channel
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    contact: Contact = ANONYMOUS
    no_contact: bool = False
    urgent: bool = False
    danger: str = ""
    occurred_at: datetime | None = None
    photos: Sequence[Upload] = ()
    form_key: UUID | None = None
    synthetic: bool = False
    about_office: Office | None = None
    parent: Matter | None = None
    same: Matter | None = None
    number: str = ""
    agreed_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the requester gets: the matter and the code that opens it.  The code is kept nowhere."""

    matter: Matter
    code: str


def worded(given: str, *, longest: int = LONGEST_TEXT) -> str:
    """Return ``given`` cleaned.

    :raises ValidationError: empty, or longer than ``longest`` characters
    """
    plain = text.clean(given)
    if not plain:
        raise ValidationError(_("Please write a few words."))
    if len(plain) > longest:
        raise ValidationError(
            _("Please write at most %(most)d characters; these are %(is)d.")
            % {"most": longest, "is": len(plain)}
        )
    return plain


def receive(
    report: Report, *, by: Actor, at: datetime, received_at: datetime | None = None
) -> Receipt:
    """Take on what somebody raises and return its receipt; a form sent twice gives the first again.

    ``received_at`` is when it reached us, where that is not now (a file, a hotline's list).

    A complaint about an office takes the kind of such complaints, whatever kind was given.

    :raises ValidationError: no words, too many photos, or a date in the future
    """
    if not rules.may_receive(by):
        raise PermissionDenied(_("Everybody may raise a matter, but not so."))
    _check(report, at)
    if report.about_office:
        today = at.astimezone(default_days().zone).date()
        report = replace(report, kind=queries.complaint_kind(today))
    code = receipt_code(report.form_key)
    for attempt in range(TRIES):
        try:
            with nullcontext() if IN_BATCH.get() else transaction.atomic():
                return Receipt(_store(report, code, by, at, received_at or at), code)
        except IntegrityError:
            sent = report.form_key and WRITER.get().sent(report.form_key)
            if sent:
                return Receipt(sent, code)
            if attempt == TRIES - 1:
                raise
            report = replace(report, number="")  # it was taken: the next one is another
    raise AssertionError


def _check(report: Report, at: datetime) -> None:
    if len(report.photos) > MOST_PHOTOS:
        raise ValidationError(_("Please send at most 9 files."))
    if report.occurred_at and report.occurred_at > at + FUTURE:
        raise ValidationError(_("The date lies in the future. When did it happen?"))


def _store(report: Report, code: str, by: Actor, at: datetime, received_at: datetime) -> Matter:
    matter = _matter(report, at, received_at, default_days())
    writer = WRITER.get()
    writer.add(matter)
    if report.parent is None:  # whoever raised the whole follows the whole
        writer.add(_requester(report, matter, code))
    index(matter)
    attach(matter, report.photos, Attachment.Stage.REPORT, at)
    facts = {
        "kind": report.kind.code,
        "edition": report.kind.edition,
        "place": report.place.code,
        "channel": report.channel.value,
        "to": matter.state,
    } | dated({"due_at": matter.due_at, "due_rule": matter.due_rule})
    if report.parent:
        facts["whole"] = report.parent.number
    writer.record(
        matter, verb="matter.receive", by=by, at=received_at, first=True, facts=facts, told={}
    )
    if report.same and not (matter.sealed or report.about_office):
        # By its key: the number of another's matter is nothing for them before the two are joined.
        tell_beside(matter, "say_same", {"other": report.same.pk.hex}, by=by, at=received_at)
    return matter


def _matter(report: Report, at: datetime, received_at: datetime, days: Days) -> Matter:
    words = worded(report.text)
    urgent = report.urgent or bool(report.danger)
    step = limits.begun("accept", received_at, urgent=urgent, days=days)
    return Matter(
        id=ids.uuid7(int(received_at.timestamp() * 1000)),
        number=report.number or new_number(received_at.astimezone(days.zone), report.place.path),
        form_key=report.form_key,
        kind=report.kind,
        kind_code=report.kind.code,
        title=text.first_line(words, 60),
        text=words,
        channel=report.channel,
        place=report.place,
        chain=report.place.path,
        desk=report.parent.desk if report.parent else report.place.path,
        district=report.place.path.split("/", 1)[0],
        lat=report.lat,
        lon=report.lon,
        address=text.clean(report.address)[:200],
        urgent=urgent,
        danger=report.danger,
        public=report.kind.public and not report.kind.sealed,
        sealed=report.kind.sealed,
        synthetic=report.synthetic,
        about_office=report.about_office,
        kept_from=report.parent.kept_from if report.parent else "",
        parent=report.parent,
        occurred_at=report.occurred_at,
        agreed_by=report.agreed_by,
        received_at=received_at,
        recorded_at=at,
        moved_at=received_at,
        provisional=step.until.provisional,
        **step.columns,
    )


def new_number(local: datetime, path: str) -> str:
    """Return a number for people: day, last three characters of the second level, random serial.

    Random, so that no counter is shared and nobody can tell from it how much was raised.
    """
    levels = path.split("/")
    area = levels[1][-3:].upper() if levels[1:] and levels[1] else "000"
    area = "".join(c if c in ids.ALPHABET else "0" for c in area).rjust(3, "0")
    if settings.TRAINING:
        area = f"T{area[1:]}"  # the mark of what is not real
    return ids.number(f"{local:%y%m%d}", area, secrets.randbelow(1_000_000))


def _requester(report: Report, matter: Matter, code: str) -> Requester:
    contact = report.contact
    known = {k: v for k in ("name", "phone", "email") if (v := text.clean(getattr(contact, k)))}
    return Requester(
        matter=matter,
        receipt_hash=receipt_hash(matter.pk, code),
        phone_hash=phone_hash(contact),
        email_hash=email_hash(contact),
        sealed=seal(known, matter.pk.hex) if known else None,
        no_contact=report.no_contact,
        language=get_language() or "zh-hans",
    )


@action
def add(
    matter: Matter, *, words: str, photos: Sequence[Upload] = (), by: Actor, at: datetime
) -> None:
    """Add what the requester says; an open question counts as answered and its pause ends."""
    said = worded(words)
    waited = change(matter, Waiting, {"answered_at": None}, answered_at=at)
    later = _after_waiting(matter, at) if waited else {}
    move(matter, "add", by=by, at=at, told={"text": said}, facts={"answers": bool(waited)}, **later)
    put(Message(matter=matter, sort=Message.Sort.SAID, text=said, by_label=by.label, at=at))
    attach(matter, photos, Attachment.Stage.ADDED, at)


def _after_waiting(matter: Matter, at: datetime) -> dict[str, Any]:
    """Return the dates once the clock runs again; an office or the centre has its whole step anew."""
    until = promised(matter, limits.answering(matter))
    dates: dict[str, Any] = {"answer_by": until.at, "provisional": until.provisional}
    return dates | limits.step_in(matter, matter.state, at, answer_by=until.at)

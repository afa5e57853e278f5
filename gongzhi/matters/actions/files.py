"""Files of a matter: kept, covered in parts, taken away where a scanner finds harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from gongzhi.audit.actions import look, record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids
from gongzhi.base.seal import seal_bytes, unseal_bytes
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import rules
from gongzhi.matters.actions.writing import action, change, move, put
from gongzhi.matters.models import Attachment, Matter
from gongzhi.matters.uploads import Sort, Upload, of_image, picture, store

MOST_BOXES = 50
NOBODY = Actor(None, "")


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture, in shares of its width and height from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


def attach(matter: Matter, photos: Sequence[Upload], stage: str, at: datetime) -> None:
    """Store files with a matter; part of the action that brings them.

    A picture that is to be written anew later is kept sealed until a job has done so.
    """
    for upload in photos:
        key = ids.uuid7()
        waits = bool(upload.raw or settings.SCANNER)
        kept = {"raw": _sealed(upload.raw, key)} if upload.raw else _stored(upload)
        put(
            Attachment(
                id=key,
                matter=matter,
                stage=stage,
                sort=upload.sort,
                name=upload.name,
                checked=Attachment.Checked.WAITING if waits else "",
                at=at,
                **kept,
            )
        )
        if waits:
            enqueue("prepare" if upload.raw else "scan", by=NOBODY, at=at, key=key)


def _stored(upload: Upload) -> dict[str, Any]:
    """Keep the bytes of a file; return the fields that tell of them."""
    return {
        "file": store(upload.content, upload.ending),
        "small": store(upload.small, upload.ending) if upload.small else "",
        "width": upload.width,
        "height": upload.height,
        "sha256": upload.sha256,
    }


def _sealed(content: bytes, key: UUID) -> str:
    return store(seal_bytes(content, key.hex), "sealed")


def prepare(attachment: Attachment, *, by: Actor, at: datetime) -> dict[str, Any]:  # noqa: ARG001  as every action
    """Write a picture anew that was kept as it came; return the fields that tell of it.

    Run before the transaction of `prepared`: it takes a tenth of a second.  Nothing is returned
    where it has been done already, ``{"checked": …}`` where it is no picture after all.
    """
    if not attachment.raw:
        return {}
    raw = unseal_bytes(_read(attachment.raw.name), attachment.pk.hex)
    try:
        return _stored(picture(raw, attachment.name))
    except ValidationError:
        return {"checked": Attachment.Checked.BROKEN.value}


@transaction.atomic
def prepared(attachment: Attachment, made: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Keep what `prepare` returned and forget the picture as it came."""
    if not made:
        return
    after = "" if "file" not in made or not settings.SCANNER else Attachment.Checked.WAITING
    Attachment.objects.filter(pk=attachment.pk).update(**{"raw": "", "checked": after} | made)
    if "file" not in made:
        record(attachment.matter, verb="matter.unreadable", by=by, at=at)
    elif settings.SCANNER:
        enqueue("scan", by=NOBODY, at=at, key=attachment.pk)
    transaction.on_commit(partial(_forget, [attachment.raw.name]))


@action
def redact(
    matter: Matter, *, attachment: Attachment, boxes: Sequence[Box], by: Actor, at: datetime
) -> None:
    """Cover parts of a picture; the first as it came is kept sealed, for who may look behind.

    :raises ValidationError: no picture of this matter, or no part of it was marked
    """
    if attachment.matter_id != matter.pk or attachment.sort != Sort.PHOTO or not attachment.file:
        raise ValidationError(_("Only a photo of this matter can be covered in parts."))
    if not 1 <= len(boxes) <= MOST_BOXES:
        raise ValidationError(_("Mark what is to be covered: at least one part, at most 50."))
    before = _read(attachment.file.name)
    covered = _covered(before, boxes)
    old = [attachment.file.name, attachment.small.name]
    move(matter, "redact", by=by, at=at, facts={"parts": len(boxes)})
    change(
        matter,
        Attachment,
        {"pk": attachment.pk},
        file=store(covered.content, covered.ending),
        small=store(covered.small, covered.ending),
        sha256=covered.sha256,
        original=attachment.original.name or _sealed(before, attachment.pk),
    )
    transaction.on_commit(partial(_forget, old))


def _covered(content: bytes, boxes: Sequence[Box]) -> Upload:
    with Image.open(BytesIO(content)) as image:
        plain = image.convert("RGB")
    draw = ImageDraw.Draw(plain)
    for box in boxes:
        x = sorted((box.left * plain.width, box.right * plain.width))
        y = sorted((box.top * plain.height, box.bottom * plain.height))
        draw.rectangle((x[0], y[0], x[1], y[1]), fill="black")
    return of_image(plain, "")


def uncover(attachment: Attachment, *, reason: str, by: Actor, at: datetime) -> bytes:
    """Return a picture as it was before it was covered, as JPEG; the look is recorded with its reason.

    :raises PermissionDenied: not a supervisor of the place
    :raises ValidationError: nothing of it is covered
    """
    if not rules.may_uncover(by, attachment.matter):
        raise PermissionDenied(_("Only a supervisor may look at what was covered."))
    if not attachment.original:
        raise ValidationError(_("Nothing of this photo is covered."))
    look(attachment.matter_id, purpose=reason, by=by, at=at)
    return unseal_bytes(_read(attachment.original.name), attachment.pk.hex)


@transaction.atomic
def scanned(attachment: Attachment, *, found: str, by: Actor, at: datetime) -> None:
    """Keep what the scanner found in a file: "" for nothing; what is harmful is taken away."""
    if not found:
        Attachment.objects.filter(pk=attachment.pk).update(checked=Attachment.Checked.CLEAN)
        return
    Attachment.objects.filter(pk=attachment.pk).update(
        checked=Attachment.Checked.HARMFUL, file="", small=""
    )
    record(attachment.matter, verb="matter.scanned", by=by, at=at, facts={"found": found[:100]})
    transaction.on_commit(partial(_forget, [attachment.file.name, attachment.small.name]))


def _read(name: str | None) -> bytes:
    with default_storage.open(name or "") as file:
        return bytes(file.read())


def _forget(names: Sequence[str | None]) -> None:
    for name in filter(None, names):
        default_storage.delete(name)

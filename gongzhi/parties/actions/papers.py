"""What is handed in: stored encrypted, by a name that tells nothing."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal, seal_bytes
from gongzhi.matters.uploads import Upload
from gongzhi.parties.models import Paper, Party


@transaction.atomic
def keep(
    file: UUID,
    *,
    upload: Upload,
    room: UUID | None = None,
    giver: Party | None = None,
    by: Actor,
    at: datetime,
) -> Paper:
    """Keep a paper of a sealed file in a room (the joint one where that is None).

    The action of the business that calls this has asked its rules.
    """
    key = ids.uuid7()
    name = f"{key.hex[-2:]}/{ids.uuid7().hex}.sealed"
    paper = Paper(
        id=key,
        sealed=seal({"name": upload.name, "by": by.name}, key.hex),
        file=file,
        room=room,
        giver=giver,
        sort=upload.sort,
        stored=default_storage.save(name, ContentFile(seal_bytes(upload.content, key.hex))),
        sha256=upload.sha256,
        n_bytes=len(upload.content),
        at=at,
    )
    insert(paper)
    facts = {"sort": upload.sort, "n_bytes": len(upload.content)}
    record(paper, verb="paper.keep", by=by, at=at, first=True, facts=facts)
    return paper


@transaction.atomic
def forget(paper: Paper, *, by: Actor, at: datetime) -> None:
    """Take a paper out of its file for good."""
    record(paper, verb="paper.forget", by=by, at=at)
    Paper.objects.filter(pk=paper.pk).delete()
    transaction.on_commit(partial(default_storage.delete, paper.stored))

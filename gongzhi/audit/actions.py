from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from gongzhi.audit import chain
from gongzhi.audit.actors import Actor, signed
from gongzhi.audit.models import Entry, Look
from gongzhi.base.ids import first_key, uuid7
from gongzhi.base.moves import MoveLost
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal

# Asked at every move, so written out: to compose it would cost more than to answer it.
LAST = "SELECT seq, hash FROM audit_entry WHERE subject = %s ORDER BY seq DESC LIMIT 1"


def entry(
    subject: UUID,
    subject_type: str,
    *,
    seq: int,
    prev: str,
    verb: str,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
) -> Entry:
    """Return the next entry of a chain, not yet stored: for `record` and for bulk loads."""
    facts, told, salt = facts or {}, {"by": by.label} | (told or {}), chain.new_salt()
    by_id = signed(subject, by.id)
    commitment = chain.commit(salt, told)
    digest = chain.link(
        prev=prev,
        subject=subject,
        seq=seq,
        verb=verb,
        at=at,
        by_id=by_id,
        facts=facts,
        commitment=commitment,
    )
    return Entry(
        id=uuid7(int(at.timestamp() * 1000)),  # a key tells no other time than the entry
        subject_type=subject_type,
        subject=subject,
        seq=seq,
        verb=verb,
        at=at,
        by_id=by_id,
        facts=facts,
        told=told,
        salt=salt,
        commitment=commitment,
        hash=digest,
    )


def record(
    subject: models.Model,
    *,
    verb: str,
    by: Actor,
    at: datetime,
    first: bool = False,
    facts: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
) -> Entry:
    """Add one entry to the history of ``subject`` (its key is a UUID) and return it.

    ``facts`` and ``told`` hold JSON values; words and names belong in ``told``.  Costs one INSERT,
    and one SELECT for the entry before unless ``first``.

    :raises MoveLost: somebody else added the next entry at the same moment
    """
    seq, prev = (1, chain.START) if first else _next(subject.pk)
    added = entry(
        subject.pk,
        subject._meta.model_name or "",
        seq=seq,
        prev=prev,
        verb=verb,
        by=by,
        at=at,
        facts=facts,
        told=told,
    )
    try:
        with transaction.atomic(savepoint=False):
            insert(added)
    except IntegrityError as clash:
        raise MoveLost(_("Somebody else was first. Look again at how it stands now.")) from clash
    return added


def _next(subject: UUID) -> tuple[int, str]:
    key = Entry._meta.get_field("subject").get_db_prep_value(subject, connection)
    with connection.cursor() as cursor:
        cursor.execute(LAST, [key])
        last = cursor.fetchone()
    return (last[0] + 1, last[1]) if last else (1, chain.START)


def look(subject: UUID, *, purpose: str = "", words: str = "", by: Actor, at: datetime) -> None:
    """Record that ``by`` looked at the personal data held about ``subject``.

    For a ``purpose`` by its code, or for what they wrote in their own ``words``, which are sealed.
    """
    key = uuid7(int(at.timestamp() * 1000))  # keys of looks lie in the order of their times
    Look.objects.create(
        id=key,
        subject=subject,
        at=at,
        by_id=by.id,
        by_label=by.name,
        purpose=purpose,
        sealed=seal({"why": words}, key.hex) if words else None,
    )


def forget(subject: models.Model, *, verb: str, by: Actor, at: datetime) -> None:
    """Forget who looked at ``subject``, which is erased: nobody is left to be told; its history ends so."""
    n, _per_table = Look.objects.filter(subject=subject.pk).delete()
    record(subject, verb=verb, by=by, at=at, facts={"looks": n})


def erase_words(subject: models.Model, *, verb: str, by: Actor, at: datetime) -> Entry:
    """Erase what the history of ``subject`` says in words, and return the new entry that says so.

    Who, when and what stays, and so does the chain: it holds only commitments to words.
    """
    told = Entry.objects.filter(subject=subject.pk)
    last = told.aggregate(last=models.Max("seq"))["last"] or 0
    n = told.exclude(salt="").update(told={}, salt="")
    return record(subject, verb=verb, by=by, at=at, facts={"erased_to": last, "entries": n})


def forget_looks(*, before: datetime, by: Actor, at: datetime) -> int:  # noqa: ARG001  as every action
    """Delete the looks from before a moment; return how many."""
    n, _per_table = Look.objects.filter(pk__lt=first_key(before)).delete()
    return n

"""Signatures: drawn, proven by a code or before a witness, over the digest of one document."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.parties.actions.proving import prove_code
from gongzhi.parties.models import Party, Signature


def sign(
    file: UUID,
    *,
    document: str,
    drawing: str,
    party: Party | None = None,
    code: str = "",
    witnessed: bool = False,
    by: Actor,
    at: datetime,
) -> Signature:
    """Sign the document with the digest ``document`` (SHA-256, hexadecimal).

    A party proves by the ``code`` sent to them that it is they; ``witnessed`` where they sign before
    staff at the counter instead, and ``by`` is who stood by.  Without ``party`` it is ``by`` who signs,
    as mediator or official.  The action of the business that calls this has asked its rules.

    :raises ValidationError: a wrong code, or signed already
    :raises TooMany: too many codes were tried
    """
    if party and not witnessed and not prove_code(party, code, by=by, at=at):
        wrong = _("This is not the code, or it is older than 10 minutes.")
        raise ValidationError({"code": wrong})
    key = ids.uuid7()
    name = party.name if party else by.name
    row = Signature(
        id=key,
        sealed=seal({"name": name, "drawing": drawing}, key.hex),
        file=file,
        signer=party,
        by_id=by.id,
        document=document,
        witnessed=witnessed,
        at=at,
    )
    try:
        with transaction.atomic():
            insert(row)
            facts = {"document": document, "witnessed": witnessed}
            record(row, verb="signature.sign", by=by, at=at, first=True, facts=facts)
    except IntegrityError as twice:
        raise ValidationError(_("This was signed already.")) from twice
    return row

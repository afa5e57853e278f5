"""The hash chain of one subject's entries: pure, so that a file of entries can be checked alone.

An entry's hash covers what happened and, of words and persons, only a salted commitment.  Words
and salt can be erased; the chain stays whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

START = "0" * 64


canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def new_salt() -> str:
    """Return 16 random bytes as hexadecimal digits."""
    return os.urandom(16).hex()


def commit(salt: str, told: dict[str, Any]) -> str:
    """Return the commitment to ``told``: SHA-256 over salt and canonical JSON."""
    return commit_text(salt, canonical(told))


def commit_text(salt: str, told: str) -> str:
    """Return the commitment to ``told`` given as canonical JSON: the array of both, hashed."""
    return _digest(f"[{canonical(salt)},{told}]")


def link(
    *,
    prev: str,
    subject: UUID,
    seq: int,
    verb: str,
    at: datetime,
    by_id: UUID | None,
    facts: dict[str, Any],
    commitment: str,
) -> str:
    """Return the hash of one entry; ``prev`` is the hash before it, `START` for the first."""
    return link_text(
        prev=prev,
        subject=subject.hex,
        seq=seq,
        verb=verb,
        at=at,
        by_id=by_id,
        facts=canonical(facts),
        commitment=commitment,
    )


def link_text(
    *,
    prev: str,
    subject: str,
    seq: int,
    verb: str,
    at: datetime,
    by_id: UUID | None,
    facts: str,
    commitment: str,
) -> str:
    """Return the hash of one entry whose ``facts`` are canonical JSON, ``subject`` hexadecimal."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    who = f'"{by_id.hex}"' if by_id else "null"
    return _digest(
        f'["{prev}","{subject}",{seq},{canonical(verb)},"{moment}",{who},{facts},"{commitment}"]'
    )


def broken(entries: Iterable[Any]) -> list[str]:
    """Return a sentence for each fault in the ``entries`` of one subject, in their order.

    Works on anything with the attributes of `audit.models.Entry`: rows or lines of an export.
    """
    faults, prev = [], START
    for place, entry in enumerate(entries, start=1):
        if entry.seq != place:
            faults.append(f"{entry.subject}: entry {place} is missing or out of order")
        expected = link(
            prev=prev,
            subject=entry.subject,
            seq=entry.seq,
            verb=entry.verb,
            at=entry.at,
            by_id=entry.by_id,
            facts=entry.facts,
            commitment=entry.commitment,
        )
        if expected != entry.hash:
            faults.append(f"{entry.subject}: entry {entry.seq} was changed")
        if entry.salt and commit(entry.salt, entry.told) != entry.commitment:
            faults.append(f"{entry.subject}: the words of entry {entry.seq} were changed")
        prev = entry.hash
    return faults

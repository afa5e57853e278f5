"""The hash chain of one subject's entries: pure, so that a file of entries can be checked alone.

An entry's hash covers what happened and, of words and persons, only a salted commitment.  Words
and salt can be erased; the chain stays whole.
"""

from __future__ import annotations

import hashlib
import json.encoder
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

START = "0" * 64


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
# What `_JSON.encode` makes anew for every call, made once: half its time.
_make = getattr(json.encoder, "c_make_encoder", None)  # absent where Python has no C
_pieces = _make and _make(
    None, _JSON.default, json.encoder.encode_basestring, None, ":", ",", True, False, True
)


def canonical(content: object) -> str:
    """Return ``content`` as JSON in its one canonical form: keys sorted, no blanks, no escapes."""
    return "".join(_pieces(content, 0)) if _pieces else _JSON.encode(content)


_quoted = lru_cache(maxsize=512)(canonical)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def new_salt() -> str:
    """Return 16 random bytes as hexadecimal digits."""
    return os.urandom(16).hex()


def moment(at: datetime) -> str:
    """Return a time as the chain writes it: UTC to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


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
        at=moment(at),
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
    at: str,
    by_id: UUID | None,
    facts: str,
    commitment: str,
) -> str:
    """Return the hash of one entry: ``facts`` as canonical JSON, ``at`` as `moment`, keys as hex."""
    who = f'"{by_id.hex}"' if by_id else "null"
    return _digest(
        f'["{prev}","{subject}",{seq},{_quoted(verb)},"{at}",{who},{facts},"{commitment}"]'
    )


def broken(entries: Iterable[Any]) -> list[str]:
    """Return a sentence for each fault in the ``entries`` of one subject, in their order.

    Works on anything with the attributes of `audit.models.Entry`: rows or lines of an export.  Words
    may be gone where a later entry tells up to which one they were erased (`erased_to`), only there.
    """
    faults, prev, some = [], START, list(entries)
    erased_to = max((entry.facts.get("erased_to", 0) for entry in some), default=0)
    for place, entry in enumerate(some, start=1):
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
        if not entry.salt and (entry.told or entry.seq > erased_to):
            faults.append(f"{entry.subject}: the words of entry {entry.seq} are gone untold")
        prev = entry.hash
    return faults

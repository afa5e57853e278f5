"""The hash chain of one subject's entries: pure, so that a file of entries can be checked alone.

An entry's hash covers what happened and, of words and persons, only a salted commitment.  Words
and salt can be erased; the chain stays whole.  The digest of a day covers the heads of the chains that
grew on it, and the digest before.

``python chain.py FOLDER`` checks what ``verify --export FOLDER`` wrote, with nothing but Python.
"""

from __future__ import annotations

import hashlib
import json.encoder
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
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
        if entry.salt == "" and (
            entry.told or entry.seq > erased_to
        ):  # None: an export tells no words
            faults.append(f"{entry.subject}: the words of entry {entry.seq} are gone untold")
        prev = entry.hash
    return faults


def faults(entries: Iterable[Any]) -> Iterator[str]:
    """Yield a sentence for each fault in the ``entries`` of many subjects, which lie by subject and seq."""
    for _subject, of_one in groupby(entries, key=lambda entry: entry.subject):
        yield from broken(of_one)


def line(subject: UUID, seq: int, value: str) -> bytes:
    """Return the head of a chain as a digest covers it."""
    return f"{subject.hex} {seq} {value}\n".encode()


def digest(before: str, heads: Iterable[bytes]) -> str:
    """Return the digest over the lines of ``heads``, by subject, and the digest ``before``."""
    found = hashlib.sha256(f"{before}\n".encode())
    for one in heads:
        found.update(one)
    return found.hexdigest()


# --- A folder that was exported, alone.


def exported(file: Path) -> Iterator[SimpleNamespace]:
    """Yield the entries of an exported file as `broken` reads them: without words, without salt."""
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            row["subject"], row["at"] = UUID(row["subject"]), datetime.fromisoformat(row["at"])
            row["by_id"] = row["by_id"] and UUID(row["by_id"])
            yield SimpleNamespace(**row, salt=None, told={})


def faults_of_folder(folder: Path) -> Iterator[str]:
    """Yield a sentence for each fault of an exported folder; keeps in memory the heads that digests cover."""
    covered: dict[tuple[str, int], str] = {}
    before = START
    for day in json.loads((folder / "digests.json").read_text(encoding="utf-8")):
        heads = (folder / f"{day['day']}.heads").read_bytes().splitlines(keepends=True)
        if day["before"] != before or digest(before, heads) != day["value"]:
            yield f"the digest of {day['day']} does not follow from its heads and the day before"
        before = day["value"]
        for subject, seq, value in (one.decode().split() for one in heads):
            covered[subject, int(seq)] = value

    def compared() -> Iterator[Any]:
        for entry in exported(folder / "entries.jsonl"):
            told = covered.pop((entry.subject.hex, entry.seq), entry.hash)
            if told != entry.hash:
                unlike.append(
                    f"{entry.subject}: entry {entry.seq} is not the one its digest covers"
                )
            yield entry

    unlike: list[str] = []
    yield from faults(compared())
    yield from unlike
    yield from (f"{UUID(one)}: entry {seq} is gone, a digest covers it" for one, seq in covered)


if __name__ == "__main__":
    _found = 0
    for _found, _fault in enumerate(faults_of_folder(Path(sys.argv[1])), start=1):
        sys.stdout.write(f"{_fault}\n")
    sys.exit(f"{_found} faults" if _found else 0)

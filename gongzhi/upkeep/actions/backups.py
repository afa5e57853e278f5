"""A backup: one sealed file with the database as it was at one moment, and the files of the store."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

import gongzhi
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.upkeep import dumps, queries, rules
from gongzhi.upkeep.archives import Sealer
from gongzhi.upkeep.models import Backup

PART = 8 << 20  # of the database: a member of the tar says how long it is before it begins
ABOUT, DATABASE, FILES, SUMS, MANIFEST = (
    *("about.json", "database/", "files/"),
    *("sums.txt", "manifest.json"),
)


@dataclass(frozen=True)
class Manifest:
    """What an archive holds: rows by table, the digest of all heads, how many files, and what went meanwhile."""

    counts: dict[str, int]
    heads: str
    files: int
    gone: int


class Packer:
    """Puts members into the tar stream, and keeps the SHA-256 of each."""

    def __init__(self, out: Sealer, sums: IO[bytes]) -> None:
        self.tar = tarfile.open(fileobj=out, mode="w|")  # noqa: SIM115  closed when all is in
        self.sums = sums

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size = size
        hashed = Hashed(content)
        self.tar.addfile(member, cast("IO[bytes]", hashed))  # it only reads
        self.sums.write(f"{hashed.sum.hexdigest()}  {name}\n".encode())

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, BytesIO(content), len(content))


class Hashed:
    """Reads through to a file, and hashes what is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sum = file, hashlib.sha256()

    def read(self, n: int = -1) -> bytes:
        piece = self.file.read(n)
        self.sum.update(piece)
        return piece


def backup(to: Path, *, by: Actor, at: datetime) -> tuple[Path, Manifest]:
    """Write everything into one sealed file ``to``, or into a folder under the time's name; return both.

    People work on meanwhile.  The file appears whole or not at all.

    :raises ValidationError: it is there already, or cannot be written there
    :raises DumpFailed: the database does not give itself
    """
    if not rules.may_restore(by):
        raise PermissionDenied(_("Only the operator of this machine makes backups."))
    if to.is_dir():
        to /= f"gongzhi-{at:%Y%m%dT%H%M%S}.backup"
    if to.exists():
        raise ValidationError(_("%(file)s is there already: name another.") % {"file": to})
    draft = to.with_name(f".{to.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
            manifest = _write(out, at)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(to)
    except OSError as fault:
        raise ValidationError(
            _("%(file)s cannot be written (%(why)s): name another place, or make room.")
            % {"file": to, "why": fault.strerror or fault}
        ) from fault
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return to, manifest


@transaction.atomic
def note(made: Path, manifest: Manifest, *, by: Actor, at: datetime) -> Backup:
    """Note that a backup was made, so that its age is known."""
    said = {"size": made.stat().st_size, "files": manifest.files, "heads": manifest.heads}
    kept = Backup.objects.create(made_at=at, **said)
    record(kept, verb="backup.make", by=by, at=at, first=True, facts=said)
    return kept


def _write(out: IO[bytes], at: datetime) -> Manifest:
    with Sealer(out) as sealed, TemporaryFile() as sums:
        packer = Packer(sealed, sums)
        with dumps.snapshot() as moment:
            packer.add_bytes(ABOUT, _plain(_about(at)))
            for n, part in enumerate(_parts(moment.stream())):
                packer.add_bytes(f"{DATABASE}{n:08}", part)
            counts = dumps.counts(moment.ask, dumps.tables())
            heads = dumps.heads(moment.ask)
        files, gone = _add_files(packer)
        manifest = Manifest(counts, heads, files, gone)
        size = sums.tell()
        sums.seek(0)
        packer.add(SUMS, sums, size)
        packer.add_bytes(MANIFEST, _plain(asdict(manifest)))
        packer.tar.close()
        sealed.finish()
    return manifest


def _plain(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _about(at: datetime) -> dict[str, Any]:
    return {
        "version": gongzhi.__version__,
        "made_at": at.isoformat(),
        "database": dumps.name(),
        "migrations": sorted(MigrationRecorder.Migration.objects.values_list("app", "name")),
    }


def _parts(stream: Iterator[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in stream:
        waiting += piece
        if len(waiting) >= PART:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _add_files(packer: Packer) -> tuple[int, int]:
    """Add every file of the store; return how many, and how many were erased before their turn came."""
    n = gone = 0
    for name in queries.files():
        try:
            with default_storage.open(name) as file:
                packer.add(f"{FILES}{name}", cast("IO[bytes]", file), file.size)
            n += 1
        except FileNotFoundError:
            gone += 1
    return n, gone

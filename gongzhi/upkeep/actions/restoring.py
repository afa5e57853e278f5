"""A backup put back: looked through to its end first, then restored where nothing is yet."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.upkeep import dumps, queries, rules
from gongzhi.upkeep.actions.backups import (
    ABOUT,
    DATABASE,
    FILES,
    MANIFEST,
    SUMS,
    Hashed,
    Manifest,
)
from gongzhi.upkeep.archives import PIECE, ArchiveBad, Opener

IN_MEMORY = 32 << 20
MOST_FAULTS = 20


@dataclass(frozen=True)
class Archive:
    """A backup that was looked through: when it was made, and what it holds."""

    made_at: datetime
    manifest: Manifest


def inspect(file: Path, *, by: Actor, at: datetime) -> Archive:  # noqa: ARG001
    """Read a backup to its end without changing anything; return what it holds.

    :raises ArchiveBad: of other keys, damaged, cut off, of another kind of database, or of a newer program
    """
    if not rules.may_restore(by):
        raise PermissionDenied(_("Only the operator of this machine reads backups."))
    about: dict[str, Any] = {}
    said: dict[str, Any] = {}
    with TemporaryFile() as sums:
        for name, content in _members(file):
            hashed = Hashed(content)
            if name == ABOUT:
                about = json.loads(hashed.read())
                _refuse_newer(about)
                dumps.expect(about["database"])
            elif name == MANIFEST:
                said = json.loads(hashed.read())
            elif name == SUMS:
                _compare(content, sums)
                continue
            else:
                while hashed.read(PIECE):
                    pass
            sums.write(f"{hashed.sum.hexdigest()}  {name}\n".encode())
    if not said:
        raise ArchiveBad(_("This backup has no end: take another copy of it."))
    return Archive(datetime.fromisoformat(about["made_at"]), Manifest(**said))


def restore(file: Path, *, by: Actor, at: datetime) -> Archive:
    """Put a backup back into an installation that holds nothing yet, and compare; return what it was.

    :raises ArchiveBad: as `inspect`
    :raises ValidationError: something is here already
    :raises DumpFailed: the database does not take it, or what came does not agree
    """
    if not rules.may_restore(by):
        raise PermissionDenied(_("Only the operator of this machine restores backups."))
    _refuse_full()
    archive = inspect(file, by=by, at=at)
    with dumps.load() as feed:
        for name, content in _members(file):
            if name.startswith(DATABASE):
                feed(content.read())
    for name, content in _members(file):
        if name.startswith(FILES):
            put_back(name.removeprefix(FILES), content)
    _agree(archive.manifest)
    call_command("migrate", verbosity=0)
    return archive


def put_back(name: str, content: IO[bytes]) -> None:
    with SpooledTemporaryFile(IN_MEMORY) as whole:  # a bucket asks to go back in what it is given
        shutil.copyfileobj(content, whole)
        default_storage.save(name, File(whole))


def _members(file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield the name and the content of each member in order, to the last piece of the file."""
    with file.open("rb") as source:
        opened = Opener(source)
        try:
            with tarfile.open(fileobj=opened, mode="r|") as tar:
                for member in tar:
                    content = tar.extractfile(member)
                    if content is None:
                        raise ArchiveBad(_("This file is no backup of Gongzhi: name another."))
                    yield member.name, content
        except tarfile.TarError as fault:
            raise ArchiveBad(_("This backup is damaged: take another copy of it.")) from fault
        while opened.read(PIECE):
            pass


def _refuse_newer(about: dict[str, Any]) -> None:
    known = MigrationLoader(None).disk_migrations.keys()
    if any(tuple(one) not in known for one in about["migrations"]):
        raise ArchiveBad(
            _(
                "This backup was made by a newer program (%(version)s): bring this one up to date "
                "first."
            )
            % {"version": about["version"]}
        )


def _compare(listed: IO[bytes], found: IO[bytes]) -> None:
    found.seek(0)
    for line in listed:
        if line != found.readline():
            name = line.decode().strip().partition("  ")[2]
            raise ArchiveBad(
                _("“%(name)s” in this backup is damaged: take another copy of it.") % {"name": name}
            )


def _refuse_full() -> None:
    if dumps.tables() or any(queries.files()):
        raise ValidationError(
            _(
                "This installation is not empty: restore into a new database and an empty folder of "
                "files (GONGZHI_DATABASE, GONGZHI_FILES), before anything else is started there."
            )
        )


def _agree(manifest: Manifest) -> None:
    """Compare rows, heads and files with what the manifest says, and read every chain.

    :raises DumpFailed: they differ
    """
    found = dumps.counts(dumps.ask, manifest.counts)
    other = [name for name, n in manifest.counts.items() if found[name] != n]
    if dumps.heads(dumps.ask) != manifest.heads:
        other.append("audit_entry.hash")
    if sum(1 for _file in queries.files()) != manifest.files:
        other.append("files")
    other.extend(islice(queries.faults(), MOST_FAULTS))
    if other:
        raise dumps.DumpFailed(
            _("What was restored does not agree with the backup, do not use it: %(what)s.")
            % {"what": ", ".join(other)}
        )

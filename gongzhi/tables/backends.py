"""A folder of files in the storage of drops: on this machine or in a bucket, by the same calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _

MOST_BYTES = 2048 << 20
BLOCK = 1 << 20
SMALL = 4096  # bytes that are read of a file beside another
DONE, SUM = ".done", ".sha256"  # what may stand beside a file once it is whole
NAME = re.compile(r"[\w()（）\-. ]{1,120}")
OWN = ("done", "refused")  # folders that finished files are moved to


class Unreachable(Exception):  # noqa: N818  an answer, not a fault of ours
    """The storage does not answer; its text says how."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file as a folder lists it."""

    name: str
    size: int


def tidy_folder(typed: str) -> str:
    """Return a folder below the root of drops, such as ``hotline/daily``.

    :raises ValidationError: it leads elsewhere, or is named as no folder should be
    """
    parts = [part for part in typed.strip().strip("/").split("/") if part]
    strange = [p for p in parts if not NAME.fullmatch(p) or p.startswith(".") or p in OWN]
    if not parts or strange or "\\" in typed:
        raise ValidationError(
            {"folder": _("Write a folder such as hotline/daily: plain names, no “..”, no “done”.")}
        )
    return "/".join(parts)


class Folder:
    """One folder; every name is of a file directly in it."""

    def __init__(self, folder: str) -> None:
        self.folder, self._store = folder, storages["drops"]

    def files(self) -> list[Found]:
        """Return the files by name, without what stands beside them.

        :raises Unreachable: the storage does not answer
        """
        with _reached():
            try:
                _folders, names = self._store.listdir(self.folder)
            except FileNotFoundError:
                return []
            whole = [name for name in sorted(names) if name and not _is_beside(name)]
            return [Found(name, self._size(name)) for name in whole]

    def _size(self, name: str) -> int:
        try:
            return self._store.size(self._at(name))
        except FileNotFoundError:  # a link to nothing, or taken away meanwhile
            return 0

    def _at(self, *names: str) -> str:
        return "/".join((self.folder, *names))

    def fetch(self, found: Found, to: Path) -> None:
        """Copy a file to ``to``.

        :raises ValidationError: it is a link, leads out of the folder or is too large
        :raises Unreachable: the storage does not answer
        """
        self._check(found.name)
        size = 0
        with _reached(), self._store.open(self._at(found.name)) as source, to.open("wb") as target:
            while block := source.read(BLOCK):
                size += len(block)
                if size > MOST_BYTES:
                    raise ValidationError(_("This file is larger than 2 GB: send it in parts."))
                target.write(block)

    def _check(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise ValidationError(
                _("A file's name may hold letters, digits, “-”, “_” and “.” alone.")
            )
        local = self._local(name)
        if local and (local.resolve() != local or not local.is_file()):
            raise ValidationError(_("This is a link or no plain file: put the file itself here."))

    def _local(self, name: str) -> Path | None:
        """Return where a file lies on this machine, its root resolved; ``None`` in a bucket."""
        root: Any = getattr(self._store, "base_location", None)
        if not root:
            return None
        return Path(root).resolve() / self._at(name)

    def beside(self, name: str) -> str | None:
        """Return what the file beside one says, that it is whole: a checksum or ""; else ``None``."""
        with _reached():
            for ending in (SUM, DONE):
                at = self._at(name + ending)
                if self._store.exists(at):
                    with self._store.open(at) as file:
                        said = file.read(SMALL).decode(errors="replace").split()
                    return said[0].lower() if ending == SUM and said else ""
        return None

    def move(self, name: str, folder: str, stamp: str) -> None:
        """Move a file to one of the folders of finished ones, and drop what stood beside it."""
        with _reached():
            local = self._local(name)
            if local is None or (local.resolve() == local and local.is_file()):
                with self._store.open(self._at(name)) as source:
                    self._store.save(self._at(folder, f"{stamp}-{name}"), File(source))
            for one in (name, name + DONE, name + SUM):
                self._store.delete(self._at(one))

    def write(self, content: bytes, *names: str) -> None:
        """Write a small file."""
        with _reached():
            self._store.save(self._at(*names), ContentFile(content))

    def put(self, path: Path, name: str) -> None:
        """Put a file there under a name."""
        with _reached(), path.open("rb") as source:
            self._store.save(self._at(name), File(source))


def _is_beside(name: str) -> bool:
    return name.endswith((DONE, SUM))


@contextmanager
def _reached() -> Iterator[None]:
    """Tell of every fault of a storage alike: each sort raises its own."""
    try:
        yield
    except ValidationError:
        raise
    except Exception as fault:
        raise Unreachable(f"{type(fault).__name__}: {fault}"[:300]) from fault

"""Folders are looked at: new files are taken once each, finished ones moved with a report, others written."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongzhi.accounts.actions import note_export
from gongzhi.accounts.models import Staff
from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import Actor
from gongzhi.base.http import sentence
from gongzhi.tables import queries, rules
from gongzhi.tables.actions.dropping import check_owner
from gongzhi.tables.actions.uploading import Sent, upload
from gongzhi.tables.backends import SUM, Folder, Found, Unreachable
from gongzhi.tables.fields import tables
from gongzhi.tables.models import LONGEST_SENTENCE, Drop, Dropped, Run
from gongzhi.tables.queries.files import csv_lines, json_lines, write_book
from gongzhi.tables.readers import digest
from gongzhi.tables.states import ONLY_DROPS, State

log = logging.getLogger(__name__)
CLAIM = timedelta(hours=1)  # how long a look may take; one that was killed is made again after it
MOST_FILES = 200  # that one look takes; the next look takes the next


def look(drop: Drop, *, by: Actor, at: datetime) -> None:
    """Take the new files of a folder and move the finished ones, or write the file that goes out.

    Whatever is wrong stands in its ``fault`` until the next look; a file that cannot be taken holds
    up no other.
    """
    if not rules.may_change(by, drop):
        raise PermissionDenied(ONLY_DROPS)
    if not Drop.objects.filter(pk=drop.pk, due_at=drop.due_at).update(due_at=at + CLAIM):
        return  # another worker looks at it
    with override(drop.language):
        try:
            one = Look(drop, Folder(drop.folder), _owner(drop, at), at)
            fault = one.give() if drop.way == Drop.Way.OUT else one.get()
        except (Unreachable, ValidationError) as wrong:
            fault = sentence(wrong)
    step, due_at = timedelta(minutes=drop.minutes), drop.due_at
    if due_at <= at:
        due_at += step * ((at - due_at) // step + 1)
    found = Drop.objects.filter(pk=drop.pk, version=drop.version)
    seen = {"looked_at": at, "waiting": drop.waiting, "fault": fault[:LONGEST_SENTENCE]}
    found.update(due_at=due_at, **seen)


def _owner(drop: Drop, at: datetime) -> Staff:
    if not drop.owner.is_active:
        raise ValidationError(_("The account of whoever answers for this folder was closed."))
    owner = staff(drop.owner, at)
    check_owner(drop, owner)
    return owner


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a folder, with the rights of whoever answers for it."""

    drop: Drop
    folder: Folder
    owner: Staff
    at: datetime

    def get(self) -> str:
        """Move what is finished and take what is new; return what went wrong."""
        pending = self.drop.files.filter(moved_at=None)
        for held in pending.select_related("run"):
            self._settle(held)
        names = set(pending.values_list("name", flat=True))
        found = [one for one in self.folder.files() if one.name not in names]
        before, self.drop.waiting = self.drop.waiting, {one.name: one.size for one in found}
        faults = []
        for one in found[:MOST_FILES]:
            try:
                if self._is_whole(one, before):
                    self._take(one)
            except Exception as wrong:  # the next file may be fine
                log.exception("a file of the folder %s was not taken", self.drop.pk)
                faults.append(f"{one.name}: {type(wrong).__name__}")
        return "; ".join(faults)

    def _is_whole(self, found: Found, before: dict[str, int]) -> bool:
        """Return whether a file stands as it did at the last look, or something beside says so."""
        return before.get(found.name) == found.size or self.folder.beside(found.name) is not None

    def _take(self, found: Found) -> None:
        """Take a file in, or move it away with the reason why not."""
        with TemporaryDirectory() as place:
            path = Path(place) / f"file{Path(found.name).suffix.lower()}"
            sha256 = ""
            try:
                self.folder.fetch(found, path)
                sha256 = digest(path)
                if self._was_taken(found.name, sha256):
                    self.folder.move(found.name, "done", self.stamp)  # nothing of it is new
                    return
                self._check_sum(found.name, sha256)
                upload(path, self._sent(found.name), by=self.owner, at=self.at)
            except ValidationError as wrong:
                self._refuse(found.name, sha256, sentence(wrong))

    def _check_sum(self, name: str, sha256: str) -> None:
        said = self.folder.beside(name)
        if said and said != sha256:
            raise ValidationError(_("The file is not what its checksum says: send both again."))

    def _was_taken(self, name: str, sha256: str) -> bool:
        """Return whether the same file was taken; one that could not be may be put there again."""
        before = self.drop.files.filter(name=name, sha256=sha256).exclude(run=None)
        return before.exclude(run__state=State.FAILED).exists()

    def _sent(self, name: str) -> Sent:
        drop = self.drop
        return Sent(
            table=tables()[drop.table],
            name=name,
            owner=drop.owner_id,
            source=drop.source,
            crs=drop.crs,
            encoding=drop.encoding,
            takes=True,
            drop=drop,
        )

    def _refuse(self, name: str, sha256: str, why: str) -> None:
        says = {"at": self.at, "moved_at": self.at}
        Dropped.objects.get_or_create(drop=self.drop, name=name, sha256=sha256, defaults=says)
        report = _csv([["_reason"], [why]])
        self.folder.write(report, "refused", f"{self.stamp}-{name}.report.csv")
        self.folder.move(name, "refused", self.stamp)

    @property
    def stamp(self) -> str:
        """Return what the names of moved files begin with, so that none replaces another."""
        return f"{localtime(self.at):%Y%m%d-%H%M%S}"

    def _settle(self, held: Dropped) -> None:
        """Move a file whose run has ended, with a report of what was refused beside it."""
        run = held.run
        if run is not None and run.state not in {State.DONE, State.FAILED, State.DISCARDED}:
            return
        is_fine = run is not None and run.state == State.DONE and not run.n_refused
        to = "done" if is_fine else "refused"
        if run is not None:
            self.folder.write(_report(run), to, f"{self.stamp}-{held.name}.report.csv")
        if held.name in {one.name for one in self.folder.files()}:
            self.folder.move(held.name, to, self.stamp)
        Dropped.objects.filter(pk=held.pk).update(moved_at=self.at)

    # --- What goes out.

    def give(self) -> str:
        """Write the file of a table into its folder, then its checksum; return what went wrong."""
        name = f"{self.drop.table}-{localtime(self.at):%Y%m%d}.{self.drop.form}"
        with TemporaryDirectory() as place:
            path = Path(place) / "file"
            self._write(path)
            self.folder.put(path, name)
            self.folder.write(f"{digest(path)}  {name}\n".encode(), name + SUM)
        facts = {"table": self.drop.table, "folder": self.drop.folder, "file": name}
        verb = "tables.export"
        note_export(self.drop.owner, verb=verb, facts=facts, by=self.owner, at=self.at)
        return ""

    def _write(self, path: Path) -> None:
        table = tables()[self.drop.table]
        rows = queries.rows(table, self.owner, {}, self.at)
        if self.drop.form == "xlsx":
            with path.open("wb") as book:
                write_book(book, table, rows)
            return
        head = [one.name for one in table.fields]
        lines = csv_lines(head, rows) if self.drop.form == "csv" else json_lines(table, rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)


def _csv(rows: Iterable[list[Any]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def _report(run: Run) -> bytes:
    if run.fault:
        return _csv([["_reason"], [run.fault]])
    head, *rows = queries.mended(run)
    return "".join(csv_lines(head, rows)).encode()

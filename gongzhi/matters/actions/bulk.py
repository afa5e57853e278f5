"""Many matters at once: the same actions, gathered in memory and written by COPY or executemany.

`Batch` is a `Writer` (see `writing`), so a load of a million runs the code of one: its rules, its
lifecycle, its clocks and its chain.  What differs is only how rows reach the database, and that
history leaves no jobs: nobody is told today of what happened last year.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache, lru_cache, partial
from operator import attrgetter
from time import time_ns
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction

from gongzhi.audit import chain
from gongzhi.audit.actors import Actor, signed
from gongzhi.audit.models import Entry
from gongzhi.base.moves import IN_BATCH, Lifecycle, Move, after
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.actions.intake import new_number
from gongzhi.matters.actions.writing import WRITER, Writer
from gongzhi.matters.models import (
    Answer,
    Attachment,
    Deferral,
    Duty,
    Exclusion,
    Extension,
    FollowUp,
    Matter,
    Message,
    Objection,
    OfficeTask,
    Requester,
    SearchWords,
    Supervision,
    Waiting,
    nearest,
)

Row = TypeVar("Row", bound=models.Model)
Values = Sequence[Any]

# Every table a batch may write, in an order in which no row comes before one it points to.
TABLES: tuple[type[models.Model], ...] = (
    Matter,
    Requester,
    SearchWords,
    OfficeTask,
    Objection,
    Extension,
    Waiting,
    Deferral,
    Supervision,
    Answer,
    Message,
    Attachment,
    FollowUp,
    Exclusion,
)
RANDOM_HEX = 52  # digits an entry needs: 20 for its key, 32 for its salt


class Batch(Writer):
    """Keeps the rows of its matters in memory until `flush` stores them all, or none.

    It moves only matters received in it since the last flush.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.n_rows = 0  # stored so far
        self._duties: dict[str, list[Duty]] = {}
        self._begin()

    def _begin(self) -> None:
        self._tables: dict[type[models.Model], list[Any]] = {table: [] for table in TABLES}
        self._entries: list[Values] = []
        # By the keys' numbers: a UUID is hashed and compared in Python, several times slower.
        self._ends: dict[int, tuple[int, str, str]] = {}
        self._of: dict[tuple[int, type[models.Model]], list[Any]] = {}
        self._joined: dict[int, list[Matter]] = {}
        self._parts: dict[int, list[Matter]] = {}
        self._numbers: set[str] = set()
        self._forms: dict[UUID, Matter] = {}
        self._done: list[Callable[[], object]] = []  # how to take back what the action has done

    # --- What actions ask of a writer.

    def begin(self) -> None:
        """Forget how to take back the action before."""
        self._done.clear()

    def undo(self) -> None:
        """Take back what the present action has done so far, the last first."""
        while self._done:
            self._done.pop()()

    def _set(self, row: models.Model, changes: dict[str, Any]) -> None:
        cached = row._state.fields_cache.copy()  # noqa: SLF001
        self._done.append(partial(_restore, row, row.__dict__.copy(), cached))
        for field, value in changes.items():
            setattr(row, field, value)

    def _append(self, rows: list[Any], row: Any) -> None:
        rows.append(row)
        self._done.append(rows.pop)

    def shift(
        self,
        record: models.Model,
        lifecycle: Lifecycle,
        move: Move,
        *,
        to: str,
        changes: dict[str, Any],
    ) -> None:
        """Move ``record`` in memory."""
        left = getattr(record, "merged_into_id", None)
        self._set(record, changes | after(record, lifecycle, move, to=to))
        if isinstance(record, Matter) and "merged_into" in changes:
            self._join(record, left)

    def _join(self, matter: Matter, left: UUID | None) -> None:
        """Keep what ``matter`` is joined to now, and that it is joined no more to ``left``."""
        if left:
            before = self._joined[left.int]
            before.remove(matter)
            self._done.append(partial(before.append, matter))
        if matter.merged_into_id:
            self._append(self._joined.setdefault(matter.merged_into_id.int, []), matter)

    def add(self, row: models.Model) -> None:
        """Keep a new row.

        :raises IntegrityError: a unique constraint would refuse it beside what is in the batch
        """
        table = type(row)
        if isinstance(row, Matter):
            self._add_matter(row)
        else:
            kept = self._of.setdefault((row.matter_id.int, table), [])  # type: ignore[attr-defined]
            if (
                (alone := _alone(table))
                and _fits(row, alone)
                and any(_fits(k, alone) for k in kept)
            ):
                raise IntegrityError(table.__name__)
            self._append(kept, row)
        self._append(self._tables[table], row)

    def _add_matter(self, matter: Matter) -> None:
        if matter.number in self._numbers or matter.form_key in self._forms:
            raise IntegrityError(matter.number)
        self._numbers.add(matter.number)
        if matter.parent_id:
            self._append(self._parts.setdefault(matter.parent_id.int, []), matter)
        if matter.form_key:
            self._forms[matter.form_key] = matter

    def change(
        self,
        matter: Matter,
        model: type[models.Model],
        where: dict[str, Any],
        changes: dict[str, Any],
    ) -> int:
        """Change those kept rows of ``model`` that belong to ``matter``."""
        rows = [row for row in self._of.get((matter.id.int, model), ()) if _fits(row, where)]
        for row in rows:
            self._set(row, changes)
        return len(rows)

    def rows(self, matter: Matter, model: type[Row], order: str) -> list[Row]:
        """Return the kept rows of ``model`` that belong to ``matter``."""
        return sorted(self._of.get((matter.id.int, model), ()), key=attrgetter(order))

    def joined(self, matter: Matter) -> list[Matter]:
        """Return the matters of the batch joined to ``matter``."""
        return [*self._joined.get(matter.id.int, ())]

    def parts(self, matter: Matter) -> list[Matter]:
        """Return the matters of the batch that are parts of ``matter``."""
        return [*self._parts.get(matter.id.int, ())]

    def duty(self, kind_code: str, chain: str, on: date) -> Duty | None:
        """Return the row of the duty list for a kind and a place: each kind's are read once."""
        if kind_code not in self._duties:
            rows = Duty.objects.filter(kind_code=kind_code).select_related("place", "level")
            self._duties[kind_code] = list(rows.defer("place__boundary", "place__also"))
        return nearest([r for r in self._duties[kind_code] if chain.startswith(r.place.path)], on)

    def sent(self, form_key: UUID) -> Matter | None:
        """Return the matter of the batch that a form with this key has made."""
        return self._forms.get(form_key)

    def record(
        self,
        matter: Matter,
        *,
        verb: str,
        by: Actor,
        at: datetime,
        first: bool,
        facts: dict[str, Any],
        told: dict[str, Any],
    ) -> None:
        """Keep the next entry of the matter's chain, as the values of its row.

        :raises KeyError: the matter was not received in this batch, or is stored already
        """
        key = matter.id.int
        end = (0, chain.START, f"{key:032x}") if first else self._ends[key]
        seq, prev, subject = end
        seq, by_id = seq + 1, signed(UUID(subject), by.id)
        words, said = chain.canonical({"by": by.label} | told), chain.canonical(facts)
        drawn, (moment, stored) = os.urandom(RANDOM_HEX // 2).hex(), _moment(at)
        salt = drawn[20:]
        commitment = chain.commit_text(salt, words)
        digest = chain.link_text(
            prev=prev,
            subject=subject,
            seq=seq,
            verb=verb,
            at=moment,
            by_id=by_id,
            facts=said,
            commitment=commitment,
        )
        self._ends[key] = (seq, digest, subject)
        self._done.append(partial(self._ends.__setitem__, key, end))
        self._append(
            self._entries,
            (
                _key(drawn),
                "matter",
                subject,
                seq,
                verb,
                stored,
                by_id and by_id.hex,
                said,
                words,
                salt,
                commitment,
                digest,
            ),
        )

    # --- Storing.

    def flush(self) -> int:
        """Store everything kept, in one transaction, and begin anew; return how many rows it was.

        :raises IntegrityError: something of it is there already (a number drawn twice, a form sent
            before); then nothing is stored
        """
        before = self.n_rows
        self._renumber()
        made = [(table, list(map(_values(table), rows))) for table, rows in self._tables.items()]
        with transaction.atomic():  # others wait for it: only what must be inside
            for table, rows in made:
                self._store(table, rows)
            self._store(Entry, self._entries)
        self._begin()
        return self.n_rows - before

    def forget(self) -> None:
        """Drop everything kept, unstored."""
        self._begin()

    def _renumber(self) -> None:
        """Give a matter whose number is taken another one, unless an entry tells of the first."""
        taken = set(
            Matter.objects.filter(number__in=self._numbers).values_list("number", flat=True)
        )
        for matter in self._tables[Matter] if taken else ():
            while matter.number in taken and not self._is_named(matter):
                local = matter.received_at.astimezone(default_days().zone)
                matter.number = new_number(local, matter.chain)
                if matter.number in self._numbers:
                    taken.add(matter.number)

    def _is_named(self, matter: Matter) -> bool:
        """Return whether an entry of another matter tells of the number of ``matter``."""
        key = matter.id.int
        return bool(matter.parent_id) or key in self._joined or key in self._parts

    def _store(self, table: type[models.Model], rows: list[Values]) -> None:
        if rows:
            (_copy if connection.vendor == "postgresql" else _insert)(table, rows)
            self.n_rows += len(rows)


@contextmanager
def batch() -> Iterator[Batch]:
    """Let every action inside write into one `Batch`; what was not flushed at the end is stored."""
    gathered, collects = Batch(), gc.isenabled()
    writer, inside = WRITER.set(gathered), IN_BATCH.set(True)
    gc.disable()  # all these rows are in use: looking through them again and again costs a tenth
    try:
        yield gathered
        gathered.flush()
    finally:
        if collects:
            gc.enable()
        WRITER.reset(writer)
        IN_BATCH.reset(inside)


# --- Conditions on rows in memory, as the actions and the constraints write them.


def _fits(row: models.Model, where: dict[str, Any]) -> bool:
    for name, value in where.items():
        field, _, lookup = name.partition("__")
        found = getattr(row, field)
        if not (found in value if lookup == "in" else found == value):
            return False
    return True


def _restore(row: models.Model, before: dict[str, Any], cached: dict[str, Any]) -> None:
    row.__dict__.clear()
    row.__dict__.update(before)
    row._state.fields_cache = cached  # noqa: SLF001


@cache
def _alone(table: type[models.Model]) -> dict[str, Any] | None:
    """Return the condition under which a matter may have one row of ``table`` only, if any."""
    for constraint in table._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields == ("matter",):
            return dict(constraint.condition.children)  # type: ignore[union-attr,arg-type]
    return None


# --- Rows as values that both databases read alike: keys in hexadecimal, times as text in UTC.


def _key(drawn: str) -> str:
    """Return a version 7 UUID of this moment with 18 random digits of ``drawn``, as hexadecimal."""
    variant = "89ab"[int(drawn[0], 16) & 3]
    return f"{time_ns() // 1_000_000:012x}7{drawn[1:4]}{variant}{drawn[4:19]}"


@lru_cache(maxsize=50_000)  # of a batch: what an action writes, it writes with one time
def _moment(at: datetime) -> tuple[str, str]:
    """Return `chain.moment`, and as Django writes it to SQLite: naive, no fraction if it is zero."""
    moment = chain.moment(at)
    fraction = moment[19:26]
    return moment, f"{moment[:10]} {moment[11:19]}{'' if fraction == '.000000' else fraction}"


def _stored(at: datetime) -> str:
    return _moment(at)[1]


_hex = attrgetter("hex")


CONVERT: dict[str, Callable[[Any], Any]] = {
    "UUIDField": _hex,
    "ForeignKey": _hex,  # every key of ours is a UUID
    "OneToOneField": _hex,
    "DateTimeField": _stored,
    "DateField": str,
    "FileField": str,
    "CharField": str,  # a choice is a str of its own class, which drivers do not know
}


@cache
def _values(table: type[models.Model]) -> Callable[[models.Model], Values]:
    """Return the function from a row of ``table`` to its values, in the order of its columns."""
    fields = table._meta.concrete_fields
    get = attrgetter(*(field.attname for field in fields))
    changed = [
        (n, CONVERT[field.get_internal_type()])
        for n, field in enumerate(fields)
        if field.get_internal_type() in CONVERT
    ]

    def values(row: models.Model) -> Values:
        found = list(get(row))
        for n, convert in changed:
            if found[n] is not None:
                found[n] = convert(found[n])
        return found

    return values


def _columns(table: type[models.Model]) -> tuple[str, str, int]:
    fields = table._meta.concrete_fields
    names = [connection.ops.quote_name(field.column or "") for field in fields]
    return connection.ops.quote_name(table._meta.db_table), ", ".join(names), len(names)


def _copy(table: type[models.Model], rows: list[Values]) -> None:
    name, columns, _n = _columns(table)
    command = f"COPY {name} ({columns}) FROM STDIN"
    # Django knows nothing of COPY, so its errors are made Django's here.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(command) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _insert(table: type[models.Model], rows: list[Values]) -> None:
    name, columns, n = _columns(table)
    marks = ", ".join(["%s"] * n)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", rows)  # noqa: S608

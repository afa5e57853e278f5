"""What a file holds: its rows by chunks, and which of them the schema lets through."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from gongzhi.base.seal import seal_bytes, unseal_bytes
from gongzhi.tables.fields import Field, Table, Value, Wrong, read, written
from gongzhi.tables.models import LONGEST_SENTENCE, Refused, Run
from gongzhi.tables.readers import REASONS, Line


@dataclass(frozen=True, slots=True)
class Good:
    """A row that the schema lets through, with what its cells say."""

    number: int
    values: dict[str, Value]

    def texts(self, table: Table) -> dict[str, str]:
        """Return every column of the table as a text, as the files of lists have it: yes is 1, no 0."""
        return {one.name: _text(self.values.get(one.name)) for one in table.fields}


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that is refused: in which column, if in one, and why."""

    number: int
    column: str
    sentence: str


def _text(value: Value) -> str:
    return str(int(value)) if isinstance(value, bool) else written(value)


# --- Chunks.


def pack(run: Run, number: int, some: list[Line]) -> bytes:
    """Return rows packed and sealed, for the chunk of a run."""
    plain = json.dumps([(one.number, one.cells, one.fault) for one in some], ensure_ascii=False)
    return seal_bytes(zlib.compress(plain.encode(), 1), _about(run, number))


def unpack(run: Run, number: int, sealed: bytes) -> list[Line]:
    """Return the rows of a chunk."""
    plain = zlib.decompress(unseal_bytes(sealed, _about(run, number)))
    return [Line(*one) for one in json.loads(plain)]


def _about(run: Run, number: int) -> str:
    return f"{run.pk.hex}:{number}"


def chunk(run: Run, number: int) -> list[Line]:
    """Return the rows of one chunk of a run (one query)."""
    return unpack(
        run, number, bytes(run.chunks.values_list("sealed", flat=True).get(number=number))
    )


def every(run: Run) -> Iterator[list[Line]]:
    """Yield the rows of every chunk that lives, in order (one query a chunk)."""
    for number in range(run.n_chunks if run.erased_at is None else 0):
        yield chunk(run, number)


# --- What the schema says.


def checked(
    run: Run, table: Table, some: Iterable[Line], zone: ZoneInfo
) -> tuple[list[Good], list[Bad]]:
    """Return the rows that the schema lets through, and those that it refuses."""
    columns = {one.name: one for one in table.fields}
    head = [columns[name] for name in run.head]
    good, bad = list[Good](), list[Bad]()
    for line in some:
        fault = _fault(line, head, zone)
        if isinstance(fault, Bad):
            bad.append(fault)
        else:
            good.append(Good(line.number, fault))
    return good, bad


def _fault(line: Line, head: list[Field], zone: ZoneInfo) -> Bad | dict[str, Value]:
    if line.fault:
        return Bad(line.number, "", line.fault)
    values: dict[str, Value] = {}
    for one, cell in zip(head, line.cells, strict=True):
        try:
            values[one.name] = read(one, cell, zone)
        except Wrong as fault:
            return Bad(line.number, one.name, str(fault))
    return values


def once(table: Table, good: Iterable[Good]) -> tuple[list[Good], list[Bad]]:
    """Return the rows with those refused whose key an earlier row of the file has."""
    first: dict[tuple[Value, ...], int] = {}
    kept, bad = list[Good](), list[Bad]()
    for row in good:
        number = first.setdefault(tuple(row.values.get(one) for one in table.key), row.number)
        if number == row.number:
            kept.append(row)
        else:
            said = _("Row %(number)d says the same: %(key)s must differ.")
            named = {"number": number, "key": ", ".join(table.key)}
            bad.append(Bad(row.number, table.key[0], said % named))
    return kept, bad


def refused_rows(run: Run, some: Iterable[Bad]) -> list[Refused]:
    """Return the rows that keep refusals, not yet stored."""
    return [
        Refused(
            run=run, number=one.number, column=one.column, sentence=one.sentence[:LONGEST_SENTENCE]
        )
        for one in some
    ]


def mended(run: Run, *, whole: bool = True) -> Iterator[list[Any]]:
    """Yield what was refused as a file that can be mended and sent again, the head first.

    Without ``whole``, and once the file is erased, only numbers and reasons.
    """
    yield [*REASONS, *run.head]
    if run.erased_at or not whole:
        for number, column, sentence in run.refused.order_by("number").values_list(
            "number", "column", "sentence"
        ):
            yield [number, column, sentence]
        return
    for some in every(run):
        span = {"number__gte": some[0].number, "number__lte": some[-1].number}
        why = {one.number: one for one in run.refused.filter(**span)}
        for line in some:
            if line.number in why:
                one = why[line.number]
                yield [one.number, one.column, one.sentence, *line.cells]

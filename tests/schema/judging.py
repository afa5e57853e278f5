"""Judge a migration: does the code of the release before go on running on the tables it leaves?

Judged is what happens in the database, not how it is written: a field that is renamed in code and
keeps its column changes nothing.  Two attributes of a migration answer what cannot be judged:
``old_code``, a sentence on why the code of before goes on, and ``unused_since``, the release in
which code stopped using what is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.operations import RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import CheckConstraint, Field, GeneratedField, Model

JUDGED = ("django.db.migrations.", "django.contrib.postgres.")  # whose operations tell what they do
DROPS = re.compile(r"\b(DROP|RENAME)\b", re.IGNORECASE)
LEAST = 20  # characters of a sentence
THINK = "Say in `old_code` of the migration why the code of before goes on all the same."


@dataclass(frozen=True)
class Column:
    """A column as the database knows it."""

    kind: str
    check: str
    null: bool
    filled: bool  # by the database, where an INSERT leaves it out
    unique: bool
    refers: str  # to the table of this name


@dataclass(frozen=True)
class Table:
    """The columns by name, and the constraints by name with all they say."""

    columns: dict[str, Column]
    constraints: dict[str, str]


def faults(before: ProjectState, migration: Migration, version: str) -> list[str]:
    """Return what the code of before would fail on, each a sentence; nothing where it goes on."""
    state = before.clone()
    known = set(tables(state))
    found: list[str] = []
    for operation in migration.operations:
        found += _of(operation, state, migration, known, version)
        operation.state_forwards(migration.app_label, state)
    return found


def _of(
    operation: Operation, state: ProjectState, migration: Migration, known: set[str], version: str
) -> Iterator[str]:
    """Yield the faults of one operation on a database that is as ``state`` says."""
    if isinstance(operation, SeparateDatabaseAndState):
        inner = state.clone()
        for one in operation.database_operations:
            yield from _of(one, inner, migration, known, version)
            one.state_forwards(migration.app_label, inner)
        return
    if isinstance(operation, RunSQL) and DROPS.search(str(operation.sql)):
        yield from _dropped(migration, version)
    elif isinstance(operation, RunSQL | RunPython) or not type(operation).__module__.startswith(
        JUDGED
    ):
        if not _thought(migration):
            yield f"{type(operation).__name__} cannot be judged. {THINK}"
    else:
        after = state.clone()
        operation.state_forwards(migration.app_label, after)
        yield from _changes(tables(state), tables(after), known, thought=_thought(migration))


def _thought(migration: Migration) -> bool:
    said = str(getattr(migration, "old_code", ""))
    return len(said) >= LEAST and said.endswith(".")


def _dropped(migration: Migration, version: str) -> Iterator[str]:
    since = str(getattr(migration, "unused_since", ""))
    if not re.fullmatch(r"\d+(\.\d+)*", since):
        yield (
            "It drops or renames by SQL. Name in `unused_since` the release whose code no longer "
            "used what goes."
        )
    elif _numbers(since) >= _numbers(version):
        yield (
            f"What it drops is unused since {since}, and this is {version}: the code of before "
            "still uses it. Leave it to the next release."
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


# --- The database as the state of a project says it is.


def tables(state: ProjectState) -> dict[str, Table]:
    """Return the tables by name."""
    models = state.apps.get_models(include_auto_created=True)
    return {
        model._meta.db_table: Table(
            {str(field.column): _column(field) for field in model._meta.local_concrete_fields},
            dict(_constraints(model)),
        )
        for model in models
        if model._meta.managed and not model._meta.proxy
    }


def _column(field: Field[object, object]) -> Column:
    refers = field.is_relation and getattr(field, "db_constraint", False)
    return Column(
        kind=str(field.db_type(connection)),
        check=str(field.db_check(connection) or ""),
        null=field.null,
        filled=field.has_db_default() or isinstance(field, GeneratedField),
        unique=field.unique,
        refers=field.related_model._meta.db_table if refers else "",  # type: ignore[union-attr]
    )


def _constraints(model: type[Model]) -> Iterator[tuple[str, str]]:
    for fields in model._meta.unique_together:
        yield ", ".join(fields), "unique"
    for one in model._meta.constraints:
        _path, arguments, keywords = one.deconstruct()
        what = "check" if isinstance(one, CheckConstraint) else "unique"
        yield one.name, f"{what} {arguments} {sorted(keywords.items(), key=str)}"


# --- What changed between two of them.


def _changes(
    old: dict[str, Table], new: dict[str, Table], known: set[str], *, thought: bool
) -> Iterator[str]:
    """Yield what code that knows the ``known`` tables as they were would fail on."""
    for name in sorted(known & set(old)):
        if name not in new:
            yield (
                f"It drops or renames the table {name}, which the code of before uses. Take the "
                "model out of the code alone, and drop the table one release later."
            )
            continue
        yield from _gone_and_new(name, old[name].columns, new[name].columns)
        if not thought:
            yield from _narrower(name, old[name], new[name])


def _gone_and_new(table: str, old: dict[str, Column], new: dict[str, Column]) -> Iterator[str]:
    for name in sorted(old.keys() - new.keys()):
        yield (
            f"It drops or renames {table}.{name}, which the code of before reads and writes. Take "
            "the field out of the code alone, and drop the column one release later; a field of "
            "another name keeps its column by `db_column`."
        )
    for name in sorted(old.keys() & new.keys()):
        if old[name].kind != new[name].kind:
            yield (
                f"{table}.{name} becomes {new[name].kind} and was {old[name].kind}. Even where it "
                "takes more, PostgreSQL refuses what the processes of before have it planned to "
                "read. Add a column of the new type, and let the old one go as above."
            )
    for name in sorted(new.keys() - old.keys()):
        if not new[name].null and not new[name].filled:
            yield (
                f"{table}.{name} is new and NOT NULL, and the INSERT of the code of before leaves "
                "it out. Give it `db_default` or `null=True`: Django's `default` stays in Python."
            )


def _narrower(table: str, old: Table, new: Table) -> Iterator[str]:
    for name in sorted(old.columns.keys() & new.columns.keys()):
        for what in _refused(old.columns[name], new.columns[name]):
            yield f"{table}.{name} {what}. {THINK}"
    for name in sorted(new.columns.keys() - old.columns.keys()):
        if new.columns[name].unique and not new.columns[name].null:
            yield f"{table}.{name} is unique, and the database fills it alike. {THINK}"
    for name, says in sorted(new.constraints.items()):
        if old.constraints.get(name) != says:
            yield f"{table} has the new constraint “{name}”. {THINK}"


def _refused(old: Column, new: Column) -> Iterator[str]:
    """Yield in which ways a column takes less than it did."""
    if old.null and not new.null:
        yield "becomes NOT NULL"
    if old.filled and not new.filled and not new.null:
        yield "is no longer filled by the database"
    if new.unique and not old.unique:
        yield "becomes unique"
    if new.refers not in {"", old.refers}:
        yield f"must refer to a row of {new.refers}"
    if new.check not in {"", old.check}:
        yield f"must be {new.check}"

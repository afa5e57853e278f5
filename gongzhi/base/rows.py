"""Rows made quickly; read and written by statements that are composed once.

Django composes every statement anew, which takes several times what the database takes for it.  No
model of ours has defaults of the database or listeners to its ``save``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)


class Row(models.Model):
    """A row that is made from keywords as fast as Django makes one it has read: several times."""

    class Meta:
        abstract = True

    def __init__(self, *values: Any, **named: Any) -> None:
        if values:  # it is read
            super().__init__(*values, **named)
            return
        constants, makers, relations = _made_of(type(self))
        self._state = ModelState()
        held = self.__dict__
        held.update(constants)
        for name, value in named.items():
            if relation := relations.get(name):
                held[relation.attname] = value and value.pk
                relation.set_cached_value(self, value)
                if value and relation.one_to_one:
                    relation.remote_field.set_cached_value(value, self)
            elif name in constants:
                held[name] = value
            else:
                raise TypeError(f"{type(self).__name__} has no field “{name}”")
        for name, make in makers:
            if name not in named:
                held[name] = make()


@cache
def _made_of(
    table: type[models.Model],
) -> tuple[dict[str, object], list[tuple[str, Callable[[], object]]], dict[str, Any]]:
    """Return the defaults by column, those of them that are made anew each time, the relations."""
    fields = table._meta.concrete_fields
    made = [(f.attname, f.default) for f in fields if f.has_default() and callable(f.default)]
    constants = {f.attname: f.get_default() for f in fields} | dict.fromkeys(dict(made))
    return constants, made, {f.name: f for f in fields if f.is_relation}


def select(table: type[M], *order: str, **known: object) -> list[M]:
    """Return the rows whose fields equal ``known``, as ``filter(**known).order_by(*order)`` does.

    For plain questions that every request asks: own fields, each equal to a value that is there.
    """
    marks, values = _marked(table, known)
    question = _select_from(table, tuple(marks), order)
    with connection.cursor() as cursor:
        cursor.execute(question.statement, values)
        rows = [list(columns) for columns in cursor.fetchall()]
    for at, column, convert in question.converters:
        for row in rows:
            row[at] = convert(row[at], column, connection)
    return [table.from_db(connection.alias, question.names, row) for row in rows]


def one(made: Callable[[], models.QuerySet[M]], key: object) -> M | None:
    """Return the row with this key from what ``made`` joins and annotates, or None.

    As ``made().filter(pk=key).first()``, whose only parameter is the key; ``made`` is asked once.
    """
    joined = _joined(made)
    with connection.cursor() as cursor:
        value = joined.table._meta.pk.get_db_prep_value(key, connection)
        cursor.execute(joined.statement, [value])
        found = cursor.fetchone()
    if found is None:
        return None
    columns = list(found)
    for at, column, convert in joined.converters:
        columns[at] = convert(columns[at], column, connection)
    row: M = joined.table.from_db(connection.alias, joined.names, columns[joined.own])
    for related in joined.related:
        related.populate(columns, row)
    for name, at in joined.annotated.items():
        setattr(row, name, columns[at])
    return row


def chunks(found: models.QuerySet[Any, Any], size: int) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the columns of ``values_list`` as the driver reads them, ``size`` rows at a time.

    Nothing is converted: SQLite gives 0 and 1 for what is true or not, and keys as text.
    """
    try:
        statement, values = found.query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(size):
            yield rows


def raw(found: models.QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Return the columns of ``values_list`` as the driver reads them, all at once (one query).

    Nothing is converted, as in `chunks`: for a list of many rows, of which each page shows little.
    """
    try:
        statement, values = found.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


class Question(NamedTuple):
    """A SELECT and how its columns are read."""

    statement: str
    names: list[str]
    converters: list[tuple[int, Any, Any]]


class Joined(NamedTuple):
    """A SELECT with joins and annotations by key, and how its columns are read."""

    table: Any
    statement: str
    names: list[str]
    own: slice
    converters: list[tuple[int, Any, Any]]
    related: list[Any]
    annotated: dict[str, int]


@cache
def _joined(made: Callable[[], models.QuerySet[Any]]) -> Joined:
    """Compose what Django would, and keep what it reads the columns by."""
    compiler = made().filter(pk=UUID(int=0)).query.get_compiler(connection.alias)
    statement, values = compiler.as_sql()
    if len(values) != 1:
        raise TypeError("nothing but the key may be a parameter")
    klass, selected = compiler.klass_info, compiler.select
    first, *_between, last = klass["select_fields"]
    own = slice(first, last + 1)
    converters = [
        (at, column, convert)
        for at, (converts, column) in compiler.get_converters(c for c, *_rest in selected).items()
        for convert in converts
    ]
    return Joined(
        klass["model"],
        statement,
        [column.target.attname for column, *_rest in selected[own]],
        own,
        converters,
        get_related_populators(klass, selected, connection.alias),  # type: ignore[call-arg]
        compiler.annotation_col_map or {},
    )


@cache
def _select_from(
    table: type[models.Model], marks: tuple[str, ...], order: tuple[str, ...]
) -> Question:
    fields = table._meta.concrete_fields
    columns = ", ".join(_quoted(field) for field in fields)
    statement = f"SELECT {columns} FROM {_table(table)} WHERE {' AND '.join(marks)}"  # noqa: S608
    if order:
        ways = {name: " DESC" if name.startswith("-") else "" for name in order}
        by = (f"{_quoted(_field(table, name.lstrip('-')))}{way}" for name, way in ways.items())
        statement += f" ORDER BY {', '.join(by)}"
    cols = [field.get_col(table._meta.db_table) for field in fields]
    converters = [
        (at, col, convert)
        for at, col in enumerate(cols)
        for convert in (
            *connection.ops.get_db_converters(col),
            *col.get_db_converters(connection),
        )
    ]
    return Question(statement, [field.attname for field in fields], converters)


def insert(row: models.Model) -> None:
    """Store a new row, as ``save(force_insert=True)`` does; a running number is filled in.

    :raises IntegrityError: a constraint of the table refuses it
    """
    statement, fields = _insert_into(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if row.pk is None:
            row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001  as save leaves it


def update(row: models.Model, changes: dict[str, object], **seen: object) -> bool:
    """Change the stored ``row`` if it still is as ``seen``; return whether it was.

    In memory it stays as it is.
    """
    sets, values = _marked(type(row), changes)
    where, known = _marked(type(row), {"pk": row.pk} | seen)
    statement = f"UPDATE {_table(type(row))} SET {', '.join(sets)} WHERE {' AND '.join(where)}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, values + known)
        changed: int = cursor.rowcount
    return changed == 1


@cache
def _insert_into(table: type[models.Model]) -> tuple[str, list[models.Field[Any, Any]]]:
    fields = [field for field in table._meta.concrete_fields if field != table._meta.auto_field]
    columns = ", ".join(_quoted(field) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {_table(table)} ({columns}) VALUES ({marks})"  # noqa: S608
    returning = f" RETURNING {_quoted(table._meta.pk)}" if table._meta.auto_field else ""
    return statement + returning, fields


def _marked(table: type[models.Model], given: dict[str, object]) -> tuple[list[str], list[Any]]:
    """Return ``column = %s`` of each field given, and their values as the database takes them."""
    marks: list[str] = []
    values: list[Any] = []
    for name, value in given.items():
        field = _field(table, name)
        plain = value.pk if isinstance(value, models.Model) else value
        marks.append(f"{_quoted(field)} = %s")
        values.append(field.get_db_prep_save(plain, connection))
    return marks, values


def _field(table: type[models.Model], name: str) -> Any:
    return table._meta.pk if name == "pk" else table._meta.get_field(name)


def _table(table: type[models.Model]) -> str:
    return connection.ops.quote_name(table._meta.db_table)


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(field.column)

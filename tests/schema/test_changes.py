"""What is judged to break the code of before does break it, and what is not goes on: tried on tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from django.db import (
    DataError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    models,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import (
    AddConstraint,
    AddField,
    AlterField,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveField,
    RenameField,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tests.schema.judging import faults

pytestmark = pytest.mark.django_db  # though on connections of their own

NAME = models.CharField(max_length=20)
LAMP = CreateModel(
    "Lamp",
    [
        ("id", models.AutoField(primary_key=True)),
        ("name", NAME),
        ("height", models.IntegerField(null=True)),
        ("lit", models.BooleanField()),
    ],
)
# What the code of before does all day, and what fails in it.
INSERT = "INSERT INTO street_lamp (name, height, lit) VALUES (%s, %s, %s)"
SELECT = "SELECT id, name, height, lit FROM street_lamp"
FAILS = (DataError, IntegrityError, NotSupportedError, OperationalError, ProgrammingError)


def migration(*operations: Operation, **said: str) -> Migration:
    made = type("Migration", (Migration,), {"operations": list(operations), **said})
    return cast("Migration", made("0002_change", "street"))


def built() -> ProjectState:
    state = ProjectState()
    LAMP.state_forwards("street", state)
    return state


@pytest.fixture
def line(tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    """A connection beside that of the test, so that others see what was made."""
    line = connection.copy()
    if line.vendor == "sqlite":
        line.settings_dict["NAME"] = str(tmp_path / "street.sqlite3")
    yield line
    with line.cursor() as cursor:
        for table in line.introspection.table_names(cursor):
            if table.startswith("street_"):
                cursor.execute(f"DROP TABLE {table}")
    line.close()


@pytest.fixture
def street(line: BaseDatabaseWrapper) -> Iterator[Street]:
    """The table of the release before, and its code, which has run for a while."""
    state = ProjectState()
    LAMP.state_forwards("street", state)
    with line.schema_editor() as editor:
        LAMP.database_forwards("street", editor, ProjectState(), state)
    before = line.copy()
    street = Street(line, before, state)
    for height in range(1, 6):  # PostgreSQL has planned both statements now
        street.write(height)
    yield street
    before.close()


@dataclass
class Street:
    """A table, the code of before on a connection of its own, and how far the migrations are."""

    line: BaseDatabaseWrapper
    before: BaseDatabaseWrapper
    state: ProjectState

    def write(self, height: int | None) -> None:
        """Write and read as the code of before does."""
        with self.before.cursor() as cursor:
            cursor.execute(INSERT, ["x" * (height or 1), height, True])
            cursor.execute(SELECT)
            cursor.fetchall()

    def go_on(self) -> None:
        """Write what the code of before may write: nothing, the same again, much."""
        for height in (None, 1, 20):
            self.write(height)

    def migrate(self, change: Migration) -> None:
        with self.line.schema_editor() as editor:
            self.state = change.apply(self.state, editor)

    def faults(self, change: Migration, version: str = "0.2") -> list[str]:
        return faults(self.state, change, version)


BREAKS = {
    "a new column that only Python fills": (
        AddField("lamp", "colour", models.CharField(max_length=9, default="white")),
        "street_lamp.colour is new and NOT NULL",
    ),
    "a new column of empty text": (
        AddField("lamp", "colour", models.CharField(max_length=9, blank=True, default="")),
        "street_lamp.colour is new and NOT NULL",
    ),
    "a column that goes": (RemoveField("lamp", "height"), "drops or renames street_lamp.height"),
    "a column of another name": (
        RenameField("lamp", "height", "height_m"),
        "drops or renames street_lamp.height",
    ),
    "a table that goes": (DeleteModel("lamp"), "drops or renames the table street_lamp"),
    "a column that must be filled now": (
        AlterField("lamp", "height", models.IntegerField(default=0)),
        "street_lamp.height becomes NOT NULL",
    ),
    "a shorter text": (
        AlterField("lamp", "name", models.CharField(max_length=5)),
        "street_lamp.name becomes varchar(5)",
    ),
    "a longer text": (
        AlterField("lamp", "name", models.CharField(max_length=30)),
        "street_lamp.name becomes varchar(30)",
    ),
    "a larger number": (
        AlterField("lamp", "height", models.BigIntegerField(null=True)),
        "street_lamp.height becomes bigint",
    ),
    "a column that becomes unique": (
        AlterField("lamp", "height", models.IntegerField(null=True, unique=True)),
        "street_lamp.height becomes unique",
    ),
    "a check": (
        AddConstraint("lamp", models.CheckConstraint(condition=models.Q(height__lt=9), name="low")),
        "new constraint “low”",
    ),
}
# SQLite holds any text in any column, and plans nothing once and for all.
ONLY_POSTGRESQL = {"a shorter text", "a longer text", "a larger number"}
GOES_ON = {
    "a column that may be empty": AddField(
        "lamp", "colour", models.CharField(max_length=9, null=True)
    ),
    "a column that the database fills": AddField(
        "lamp", "colour", models.CharField(max_length=9, db_default="white")
    ),
    "a column that need not be filled": AlterField("lamp", "lit", models.BooleanField(null=True)),
    "a table of its own": CreateModel("Pole", [("id", models.AutoField(primary_key=True))]),
    "a field out of the code alone": SeparateDatabaseAndState(
        state_operations=[RemoveField("lamp", "height")]
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_judged_to_break_the_code_of_before_breaks_it(name: str, street: Street):
    operation, sentence = BREAKS[name]
    assert [sentence in said for said in street.faults(migration(operation))] == [True]
    if connection.vendor == "sqlite" and name in ONLY_POSTGRESQL:
        return
    street.migrate(migration(operation))
    with pytest.raises(FAILS):
        street.go_on()


@pytest.mark.parametrize("name", GOES_ON)
def test_what_is_not_judged_to_break_it_goes_on(name: str, street: Street):
    assert street.faults(migration(GOES_ON[name])) == []
    street.migrate(migration(GOES_ON[name]))
    street.go_on()


def test_a_column_goes_in_two_releases(street: Street):
    first = migration(
        SeparateDatabaseAndState(
            database_operations=[AlterField("lamp", "lit", models.BooleanField(null=True))],
            state_operations=[RemoveField("lamp", "lit")],
        )
    )
    then = migration(RunSQL("ALTER TABLE street_lamp DROP COLUMN lit"), unused_since="0.2")
    assert street.faults(first, "0.2") == []
    street.migrate(first)
    street.go_on()
    with street.line.cursor() as cursor:  # the code of now, which knows it no longer
        cursor.execute("INSERT INTO street_lamp (name, height) VALUES ('new', 1)")
    assert street.faults(then, "0.3") == []
    street.migrate(then)
    with pytest.raises(FAILS):
        street.go_on()


def test_a_field_of_another_name_keeps_its_column(street: Street):
    renamed = migration(
        AlterField("lamp", "height", models.IntegerField(null=True, db_column="height")),
        RenameField("lamp", "height", "height_m"),
    )
    assert street.faults(renamed) == []
    street.migrate(renamed)
    street.go_on()


def test_what_goes_has_to_say_since_when_nobody_uses_it(street: Street):
    drop = RunSQL("ALTER TABLE street_lamp DROP COLUMN lit")
    (unsaid,) = street.faults(migration(drop, old_code="Nobody ever read it."))
    assert "Name in `unused_since` the release" in unsaid
    (early,) = street.faults(migration(drop, unused_since="0.2"), "0.2")
    assert "Leave it to the next release." in early


def test_what_cannot_be_judged_asks_for_a_sentence(street: Street):
    copy = RunPython(lambda _apps, _editor: None)
    (told,) = street.faults(migration(copy))
    assert told.startswith("RunPython cannot be judged. Say in `old_code`")
    assert street.faults(migration(copy, old_code="It fills what nobody reads yet.")) == []
    assert street.faults(migration(copy, old_code="fine")) == [told]


def test_a_new_constraint_goes_with_a_sentence_and_a_column_never(street: Street):
    said = {"old_code": "Every way to write it has looked for the same since 0.1."}
    told = {n: street.faults(migration(one, **said)) for n, (one, _what) in BREAKS.items()}
    assert {name for name, faults in told.items() if not faults} == {
        "a check",
        "a column that becomes unique",
        "a column that must be filled now",
    }


def test_a_table_made_by_the_same_migration_may_be_changed_by_it(street: Street):
    made = CreateModel("Pole", [("id", models.AutoField(primary_key=True))])
    more = AddField("pole", "colour", models.CharField(max_length=9))
    assert street.faults(migration(made, more)) == []

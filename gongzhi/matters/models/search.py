"""What full text looks in: the search words of each matter, alike on both databases."""

from __future__ import annotations

from datetime import datetime
from secrets import randbelow, randbits
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler

from gongzhi.base.rows import Row
from gongzhi.matters.models.matter import Matter

RANDOM_BITS = 22


class WordsField(models.TextField[str, str]):
    """Words parted by blanks (`gongzhi.base.text.bigrams`), which ``finds`` looks in."""


def new_key(at: datetime) -> int:
    """Return a key that grows with ``at``, to the second: a list in its order is one by time.

    What comes from files may bear one full second by the thousand: it is spread over that second.
    """
    stamp = int(at.timestamp() * 1000) + (0 if at.microsecond else randbelow(1000))
    return stamp << RANDOM_BITS | randbits(RANDOM_BITS)


def mark_of(office: UUID) -> str:
    """Return the search word of all that an office has or had a task on: no text holds it."""
    return f"office{office.hex}"


class SearchWords(Row):
    """The search words of a matter: number, text, names of its kind and of its places, address.

    And the marks of the offices that have or had a task on it (`mark_of`), so that an office finds its
    own without looking through everybody's.  Nothing of who raised it.  Written by the action that writes what they are made of.  On SQLite
    triggers keep the full text table ``matters_found`` beside it, whose rows have the same keys.
    """

    key = models.BigIntegerField(primary_key=True)
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="search_words")
    words = WordsField()

    def __str__(self) -> str:
        return self.words[:40]


@WordsField.register_lookup
class Finds(Lookup[str]):
    """Holds where the words hold each of those sought (`gongzhi.base.text.sought`)."""

    lookup_name = "finds"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the condition for PostgreSQL, by the very expression of its index.

        What holds one word the planner knows from its statistics, and reads the latest first where it is
        many.  That two words hardly ever stand together it cannot know: those are looked up before.
        """
        lhs, params = self.process_lhs(compiler, connection)
        marks = [f"'{w[:-1]}':*" if w.endswith("*") else f"'{w}'" for w in self.rhs.split()]
        wanted = (*params, " & ".join(marks))
        if len(marks) == 1:
            return f"{VECTOR % lhs} @@ %s::tsquery", wanted
        key = lhs.replace('"words"', '"key"')
        return f"{key} IN ({TOGETHER})", wanted

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the condition for SQLite; the query names ``matters_found`` among its tables."""
        words, params = self.process_lhs(compiler, connection)
        key = words.replace('"words"', '"key"')
        marks = (f'"{w[:-1]}"*' if w.endswith("*") else f'"{w}"' for w in self.rhs.split())
        return f'"{FOUND}".rowid = {key} AND "{FOUND}" MATCH %s', (*params, " AND ".join(marks))


FOUND = "matters_found"
VECTOR = "array_to_tsvector(string_to_array(%s, ' '))"
# OFFSET 0 keeps the planner from looking into each row of the list instead.
TOGETHER = " ".join(
    (
        'SELECT one."key" FROM matters_searchwords one',
        f"WHERE {VECTOR % 'one.words'} @@ %s::tsquery OFFSET 0",
    )
)

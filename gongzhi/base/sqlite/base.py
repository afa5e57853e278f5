"""Django's SQLite backend with WAL, immediate transactions and one write lock per file.

The lock is held from the start of an atomic block to its commit or rollback.
Databases in memory need none of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from gongzhi.base.sqlite.lock import WriteLock, lock_of

PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000"


WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
LONGEST_WORD = 7


class Cursor(base.SQLiteCursorWrapper):
    """Holds the lock while a write is executed that is a transaction of its own."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        """Execute `query`; a write waits for those of others."""
        first = query.lstrip()[:LONGEST_WORD].upper()
        if self.wrapper.in_atomic_block or not first.startswith(WRITES):
            return super().execute(query, params)
        with self.wrapper.alone():
            return super().execute(query, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits its turn to write instead of failing with "database is locked"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start without holding the lock."""
        super().__init__(*args, **kwargs)
        self.held: WriteLock | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Begin transactions as writers; Django itself switches foreign keys on."""
        params = super().get_connection_params()
        self.transaction_mode = "IMMEDIATE"
        params.setdefault("timeout", 20)
        if not self.is_in_memory_db():
            self.init_commands = PRAGMAS.split(";")
        return params

    def create_cursor(self, name: str | None = None) -> Cursor:  # noqa: ARG002  for other databases
        """Return a cursor whose single writes, outside a transaction, wait their turn as well."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self._hold()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._let_go()
            raise

    def _commit(self) -> None:
        # A commit that fails is followed by a rollback, which lets go.
        super()._commit()  # type: ignore[misc]
        self._let_go()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._let_go()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock for one statement."""
        self._hold()
        try:
            yield
        finally:
            self._let_go()

    def _hold(self) -> None:
        if self.held is not None or self.is_in_memory_db():
            return
        lock = lock_of(os.path.realpath(self.settings_dict["NAME"]))
        if not lock.acquire():
            raise OperationalError("database is locked: another writer did not finish in time")
        self.held = lock

    def _let_go(self) -> None:
        held, self.held = self.held, None
        if held is not None:
            held.release()

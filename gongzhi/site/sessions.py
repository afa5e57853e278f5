"""Sessions in the database, read and stored in one statement that is composed once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import DatabaseError, IntegrityError
from django.utils.crypto import get_random_string
from django.utils.timezone import now

from gongzhi.accounts.http import SINCE
from gongzhi.base.rows import insert, select

KEY_LENGTH = 32
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


class SessionStore(db.SessionStore):
    """Django's, but for a question and a transaction that one statement does not need."""

    def _get_new_session_key(self) -> str:
        """Return 165 random bits; were they taken, `create` would draw again."""
        return get_random_string(KEY_LENGTH, ALPHABET)

    def _get_session_from_db(self) -> Any:
        """Return the stored session, or ``None`` where there is none or its time is over."""
        found = select(self.model, session_key=self.session_key)
        if found and found[0].expire_date > now():
            return found[0]
        self._session_key = None
        return None

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row; that of somebody who signed in ends in time, however often it is stored."""
        row = super().create_model_instance(data)
        if SINCE in data:
            longest = timedelta(seconds=settings.SESSION_LONGEST)
            row.expire_date = min(
                row.expire_date, datetime.fromtimestamp(data[SINCE], UTC) + longest
            )
        return row

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  Django's own signature
        """Store the session, a new one or one that is there.

        :raises CreateError: the key of a new one is taken
        :raises UpdateError: it has gone
        """
        if self.session_key is None:
            self.create()
            return
        data: dict[str, Any] = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = self.create_model_instance(data)
        try:
            insert(row) if must_create else row.save(force_update=True)
        except IntegrityError as taken:
            if must_create:
                raise CreateError from taken
            raise
        except DatabaseError as gone:
            # A kind of its own (database away, read only) is no session that somebody ended.
            if type(gone) is DatabaseError and not must_create:
                raise UpdateError from gone
            raise

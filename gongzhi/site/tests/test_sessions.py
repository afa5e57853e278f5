from __future__ import annotations

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import transaction

from gongzhi.site.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_a_session_is_stored_and_read_again():
    session = SessionStore()
    session["follows"] = ["a"]
    session.save()

    assert session.session_key
    assert len(session.session_key) == 32
    assert SessionStore(session.session_key)["follows"] == ["a"]


def test_a_new_session_is_stored_by_one_statement(django_assert_num_queries):
    session = SessionStore()
    session["follows"] = ["a"]

    with django_assert_num_queries(1):
        session.save()


def test_a_taken_key_is_refused():
    session = SessionStore()
    session.create()

    with pytest.raises(CreateError), transaction.atomic():
        SessionStore(session.session_key).save(must_create=True)


def test_a_session_that_has_gone_is_not_made_again():
    session = SessionStore()
    session.create()
    SessionStore(session.session_key).delete()

    with pytest.raises(UpdateError), transaction.atomic():
        session.save()

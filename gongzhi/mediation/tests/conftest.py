from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from gongzhi.mediation.tests import make


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def at():
    return now() - timedelta(minutes=5)


@pytest.fixture
def somebody_first():
    """Let somebody ``act`` right before the next statement that contains ``words``."""

    @contextmanager
    def just_before(words: str, act):
        waiting = [act]

        def wrapped(execute, sql, params, many, context):
            if words in sql and waiting:
                waiting.pop()()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(wrapped):
            yield

    return just_before

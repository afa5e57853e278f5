from __future__ import annotations

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from gongzhi.exchange.tests import make


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def one_connection():
    """Let no request of a test close the connection that the test goes on with."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)

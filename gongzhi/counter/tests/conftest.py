from __future__ import annotations

import pytest

from gongzhi.counter.tests import make


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def as_(client, town):
    """Sign somebody of the cast in and return their browser."""

    def sign_in(name: str):
        client.force_login(getattr(town, name))
        return client

    return sign_in

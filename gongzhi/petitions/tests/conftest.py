from __future__ import annotations

import pytest
from django.utils.timezone import now

from gongzhi.petitions.tests import make


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def at():
    return now()


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def by_receipt(client):
    """Come in by number and receipt code, and return the browser."""

    def come_in(number: str, code: str):
        client.post("/follow/", {"number": number, "code": code})
        return client

    return come_in

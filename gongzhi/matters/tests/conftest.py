from __future__ import annotations

import pytest

from gongzhi.matters import queries
from gongzhi.matters.tests import make


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    queries._baseline.cache_clear()  # noqa: SLF001  each test lists its own catalogue
    queries._kind_names.cache_clear()  # noqa: SLF001


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def as_(client, town):
    """Sign somebody of the cast in and return their browser."""

    def sign_in(name: str):
        client.force_login(getattr(town, name))
        return client

    return sign_in

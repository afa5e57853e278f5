from __future__ import annotations

import pytest
from django.core.files.storage import storages

from gongzhi.tables.tests import make


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def root(settings, tmp_path):
    """A folder of this test as the root of drops."""
    folder = tmp_path / "drops"
    folder.mkdir()
    made = settings.STORAGES["drops"] | {
        "OPTIONS": {"location": str(folder), "allow_overwrite": True}
    }
    settings.STORAGES = settings.STORAGES | {"drops": made}
    assert storages["drops"].path("a") == str(folder / "a")
    return folder

from __future__ import annotations

import pytest

from gongzhi.matters.tests import make


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"

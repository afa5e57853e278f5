from __future__ import annotations

import pytest
from django.core.cache import cache

from gongzhi.demands.tests import make


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    cache.clear()
    settings.VAR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def town(db):
    return make.town()

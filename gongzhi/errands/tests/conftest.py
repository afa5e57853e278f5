from __future__ import annotations

import pytest

from gongzhi.errands.tests import make


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def town(db):
    return make.town()

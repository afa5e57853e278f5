from __future__ import annotations

import pytest

from gongzhi.hazards.tests import make


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def town(db):
    return make.town()

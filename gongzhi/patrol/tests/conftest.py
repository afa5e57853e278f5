from __future__ import annotations

import pytest

from gongzhi.patrol.tests import make


@pytest.fixture
def town(db):
    return make.town()

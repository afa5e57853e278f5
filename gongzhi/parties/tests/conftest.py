from __future__ import annotations

import pytest

from gongzhi.parties.tests import make


@pytest.fixture
def ming(db):
    return make.party()

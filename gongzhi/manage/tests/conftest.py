from __future__ import annotations

import pytest

from gongzhi.manage.tests.make import signed_in
from gongzhi.matters.tests import make


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def client(town):
    return signed_in(town)

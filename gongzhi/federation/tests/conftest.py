from __future__ import annotations

import pytest

from gongzhi.federation import actions
from gongzhi.federation.tests import make


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def other(town, settings):
    """The level above as a stand-in on this machine, which the settings allow to be reached."""
    settings.PRIVATE_HOSTS = ["127.0.0.1"]
    with make.level() as known:
        actions.change(town.above, address=known.address, by=make.SYSTEM, at=make.NOON)
        yield known


@pytest.fixture
def under(town, settings):
    """The level below as a stand-in likewise."""
    settings.PRIVATE_HOSTS = ["127.0.0.1"]
    with make.level() as known:
        actions.change(town.below, address=known.address, by=make.SYSTEM, at=make.NOON)
        yield known

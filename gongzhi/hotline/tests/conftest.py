from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.utils.module_loading import autodiscover_modules

from gongzhi.hotline.tests import make


@pytest.fixture
def town(db):
    autodiscover_modules("tasks")
    return make.town()


@pytest.fixture
def far(settings):
    settings.PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    with make.standing() as known:
        yield known


@pytest.fixture
def platform(town, far):
    return make.platform(town, far)

from __future__ import annotations

from ipaddress import ip_network

import pytest

from gongzhi.webhooks.tests import make


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def receiver(settings):
    settings.PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    with make.receiving() as known:
        yield known

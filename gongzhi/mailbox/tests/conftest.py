from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.utils.module_loading import autodiscover_modules

from gongzhi.mailbox.tests import make


@pytest.fixture
def town(db, settings):
    autodiscover_modules("tasks")
    settings.PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.FALLBACK_KIND = "lamp"
    return make.town()


@pytest.fixture(scope="session")
def running():
    with make.serving() as server:
        yield server


@pytest.fixture
def server(running):
    running.begin()
    return running


@pytest.fixture
def mailbox(town, server):
    return make.mailbox(town, server)

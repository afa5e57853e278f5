from __future__ import annotations

import pytest

from gongzhi.open311 import http
from gongzhi.open311.tests import make


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(http, "QUESTIONS", http.Questions())


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def foreign(settings):
    """A foreign server on this machine, which the settings allow to be reached."""
    settings.PRIVATE_HOSTS = ["127.0.0.1"]
    with make.foreign() as server:
        yield server

"""An identity provider with which the program is set up, and somebody whom it knows."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from gongzhi.accounts import actions
from gongzhi.accounts.tests.provider import CLIENT, SECRET, providing
from gongzhi.audit.actors import SYSTEM


@pytest.fixture(scope="module")
def serving():
    with providing() as known:
        yield known


@pytest.fixture
def provider(serving, settings):
    """Return the provider as it is before a test changes it, and the program set up with it."""
    fresh = type(serving)()
    for name in vars(fresh):
        if name != "port":
            setattr(serving, name, getattr(fresh, name))
    settings.OIDC_ISSUER, settings.OIDC_CLIENT = serving.issuer, CLIENT
    settings.OIDC_SECRET, settings.OIDC_NAME = SECRET, "District ID"
    settings.OIDC_STRONG = {"mfa", "loa-3"}
    return serving


@pytest.fixture
def linked(town, provider):
    """Link the worker's account with whoever sits before the browser."""
    return actions.link(town.worker, subject="4711", by=SYSTEM, at=now())

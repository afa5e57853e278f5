"""For whom a proxy asks: believed of those that are named, and of nobody else."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from gongzhi.site.environment import proxies

NAME = "GONGZHI_PROXIES"


def seen(known: list[str], **head: str) -> str:
    """Return the address that the program sees of what a proxy on this machine sends."""
    found: list[str] = []
    served = wrap_wsgi_with_proxy_headers(
        lambda scope, _resp: found.append(scope["REMOTE_ADDR"]), known
    )
    served({"REMOTE_ADDR": "127.0.0.1", **head}, None)
    return found[0]


@pytest.mark.parametrize(
    ("known", "told", "address"),
    [
        ("", "203.0.113.9", "127.0.0.1"),
        ("10.0.0.0/8", "203.0.113.9", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.0/8", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first a client made up
    ],
)
def test_only_a_named_proxy_says_for_whom_it_asks(monkeypatch, known, told, address):
    monkeypatch.setenv(NAME, known)
    assert seen(proxies(NAME), HTTP_X_FORWARDED_FOR=told) == address


def test_what_is_no_address_is_refused(monkeypatch):
    monkeypatch.setenv(NAME, "*")
    with pytest.raises(ImproperlyConfigured, match="GONGZHI_PROXIES holds “\\*”"):
        proxies(NAME)

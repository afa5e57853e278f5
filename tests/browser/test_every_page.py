from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.browser.addresses import addresses, fill
from tests.browser.tour import REFUSED, VISITORS, Tour, tour

NOBODY_OPENS = {
    # Only in the middle of signing in, or once the second step is set up: test_second_step.py.
    "accounts:code",
    "accounts:turn_off",
    "accounts:recovery_codes",
    "accounts:new_codes",
    "accounts:passkey",  # once there is one: test_passkeys.py
    # No visitor heads an organ that handles petitions; the time after an answer ends by itself.
    "petitions:grant",
    "petitions:deny",
    "petitions:lapse",
}


@pytest.fixture(scope="session")
def toured(town, chromium) -> Callable[[str, str], Tour]:
    return cache(lambda visitor, language: tour(chromium, town, visitor, language))


def test_every_address_has_a_name_and_a_sample(town):
    assert [address.route for address in addresses() if not address.name] == []
    assert all(fill(address, town, visitor) for address in addresses() for visitor in VISITORS)


class Tours:
    """One process tours in one language: a page that several visitors see alike is looked at once."""

    language = ""

    @pytest.mark.parametrize("visitor", VISITORS)
    def test_every_page_is_without_fault_for(self, visitor, toured):
        found = toured(visitor, self.language)
        if found.faults:
            pytest.fail("\n".join(found.faults), pytrace=False)


class TestInEnglish(Tours):
    language = "en"


class TestInChinese(Tours):
    language = "zh"

    def test_every_address_opens_for_somebody(self, toured):
        tours = [toured(visitor, "zh") for visitor in VISITORS]
        opened = set().union(*(one.opened for one in tours))
        by_get = {
            a.name for a in addresses() if any(one.refused.get(a.name) != 405 for one in tours)
        }
        assert by_get - opened - NOBODY_OPENS == set()
        assert REFUSED

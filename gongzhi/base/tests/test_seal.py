from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.base.seal import (
    SealBroken,
    keyed_hash,
    seal,
    unseal,
    unveiled,
    veiled,
    veiled_names,
)

FACTS = {"name": "王小明", "phone": "000-1234"}


def test_what_is_sealed_is_read_again_and_never_stands_in_the_open():
    sealed = seal(FACTS, "a")
    assert unseal(sealed, "a") == FACTS
    assert "王小明".encode() not in sealed


def test_a_seal_of_another_record_does_not_open():
    with pytest.raises(SealBroken):
        unseal(seal(FACTS, "a"), "b")


def test_one_changed_byte_breaks_the_seal():
    sealed = bytearray(seal(FACTS, "a"))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(sealed), "a")


def test_a_replaced_key_still_opens_what_it_sealed(settings):
    sealed = seal(FACTS, "a")
    settings.SEAL_KEYS = [os.urandom(32), *settings.SEAL_KEYS]
    assert unseal(sealed, "a") == FACTS


def test_a_key_that_is_gone_opens_nothing(settings):
    sealed = seal(FACTS, "a")
    settings.SEAL_KEYS = [os.urandom(32)]
    with pytest.raises(SealBroken):
        unseal(sealed, "a")


def test_a_keyed_hash_differs_by_purpose():
    assert keyed_hash("contact", "1") != keyed_hash("receipt", "1")


@given(st.lists(st.uuids(), max_size=5), st.sampled_from(["one", "other"]))
def test_a_veil_leads_back_and_tells_nothing(keys, purpose):
    names = veiled(purpose, keys)
    assert unveiled(purpose, names) == keys
    assert veiled_names(purpose, keys) == [str(name) for name in names]
    assert all(name != key for name, key in zip(names, keys, strict=True))
    assert veiled("another", keys) != names or not keys

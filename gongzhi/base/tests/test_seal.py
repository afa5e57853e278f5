from __future__ import annotations

import os

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.base.seal import (
    AES_256,
    SM4_128,
    SM4GCM,
    SealBroken,
    keyed_hash,
    resealed,
    seal,
    seal_bytes,
    unseal,
    unseal_bytes,
    unveiled,
    veiled,
    veiled_names,
)

BOTH = pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm"])
FACTS = {"name": "王小明", "phone": "000-1234"}


@BOTH
def test_what_is_sealed_is_read_again_and_never_stands_in_the_open(cipher, settings):
    settings.CIPHER = cipher
    sealed = seal(FACTS, "a")
    assert unseal(sealed, "a") == FACTS
    assert "王小明".encode() not in sealed


@BOTH
def test_a_seal_of_another_record_does_not_open(cipher, settings):
    settings.CIPHER = cipher
    with pytest.raises(SealBroken):
        unseal(seal(FACTS, "a"), "b")


@BOTH
def test_one_changed_byte_breaks_the_seal(cipher, settings):
    settings.CIPHER = cipher
    sealed = bytearray(seal(FACTS, "a"))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(sealed), "a")


@BOTH
def test_a_replaced_key_still_opens_what_it_sealed(cipher, settings):
    settings.CIPHER = cipher
    sealed = seal(FACTS, "a")
    settings.SEAL_KEYS = [os.urandom(32), *settings.SEAL_KEYS]
    assert unseal(sealed, "a") == FACTS


@BOTH
def test_a_key_that_is_gone_opens_nothing(cipher, settings):
    settings.CIPHER = cipher
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


# --- Domestic ciphers.


def test_sm4_is_that_of_the_standard():
    """GB/T 32907-2016, annex A: one block, and the same a million times over."""
    key = block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    ecb = Cipher(SM4(key), ECB()).encryptor()
    block = ecb.update(block)
    assert block.hex() == "681edf34d206965e86b3e94f536e4246"
    for _n in range(999_999):
        block = ecb.update(block)
    assert block.hex() == "595298c7c6fd271f0402f804c33d3f66"


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_is_that_of_the_standard(text, digest):
    """GB/T 32905-2016, annex A."""
    made = hashes.Hash(hashes.SM3())
    made.update(text)
    assert made.finalize().hex() == digest


def test_sm4_in_gcm_is_that_of_rfc_8998():
    """RFC 8998, appendix A.1."""
    cipher = SM4GCM(bytes.fromhex("0123456789abcdeffedcba9876543210"))
    nonce = bytes.fromhex("00001234567800000000abcd")
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex("".join(digit * 16 for digit in "aabbccddeeffeeaa"[::2]))
    sealed = cipher.encrypt(nonce, plain, bound)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert cipher.decrypt(nonce, sealed, bound) == plain
    with pytest.raises(InvalidTag):
        cipher.decrypt(nonce, sealed, bound + b"x")


@given(st.binary(max_size=300), st.sampled_from([AES_256, SM4_128]))
def test_both_are_read_whatever_the_setting_says(content, suite):
    sealed = seal_bytes(content, "a", suite)
    assert sealed.startswith(suite.mark)
    assert unseal_bytes(sealed, "a") == content
    for cut in (b"", sealed[: len(suite.mark)], sealed[:-1]):
        with pytest.raises(SealBroken):
            unseal_bytes(cut, "a")


def test_only_what_is_not_current_is_sealed_anew(settings):
    sealed = seal(FACTS, "a")
    assert resealed(sealed, "a") is None
    settings.CIPHER = "sm4-gcm"
    moved = resealed(sealed, "a")
    assert moved is not None
    assert unseal(moved, "a") == FACTS
    assert resealed(moved, "a") is None
    settings.SEAL_KEYS = [os.urandom(32), *settings.SEAL_KEYS]
    assert resealed(moved, "a") is not None
    with pytest.raises(SealBroken):
        resealed(sealed, "b")

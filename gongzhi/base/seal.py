"""Facts about a person, sealed: one key a record, wrapped by a key that is not in the database.

Envelope encryption with AES-256-GCM (NIST SP 800-38D), or, where the installation says so, with SM4-GCM
(GB/T 32907-2016, in GCM as RFC 8998 has it).  What is sealed tells by its first bytes which of the two;
both are read at any time.  Erasing the row erases its key with it.  The key-encryption keys come from the
settings, newest first, so that a key can be replaced; that for SM4 is derived from each by HMAC-SM3.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB, GCM
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

NONCE, KEY, TAG = 12, 32, 16
WRAPPED = NONCE + KEY + TAG


_plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class SealBroken(Exception):  # noqa: N818
    """The sealed facts were changed, or none of the known keys opens them."""


class Sealing(Protocol):
    """A cipher that also proves that nothing was changed, as `AESGCM` is one."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class SM4GCM:
    """SM4 in GCM with the face of `AESGCM`; ``key`` has 16 bytes."""

    key: bytes

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Return the sealed bytes and the tag of 16 bytes."""
        sealing = Cipher(SM4(self.key), GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(associated_data or b"")
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Return what `encrypt` was given.

        :raises InvalidTag: changed, or another key
        """
        opening = Cipher(SM4(self.key), GCM(nonce, data[-TAG:])).decryptor()
        opening.authenticate_additional_data(associated_data or b"")
        return opening.update(data[:-TAG]) + opening.finalize()


def _for_sm4(key: bytes) -> bytes:
    made = HMAC(key, hashes.SM3())
    made.update(b"seal with SM4-GCM")
    return made.finalize()[:16]


@dataclass(frozen=True, slots=True)
class Suite:
    """One way to seal: ``mark`` stands before what it sealed, ``own`` derives its wrapping key from ours."""

    mark: bytes
    key: int
    cipher: Callable[[bytes], Sealing]
    own: Callable[[bytes], bytes]


# What AES sealed bears no mark: it was here first.  A nonce of it begins with the other's once in 2^64.
AES_256 = Suite(b"", KEY, AESGCM, lambda key: key)
SM4_128 = Suite(b"\x00SM4GCM1", 16, SM4GCM, _for_sm4)
SUITES = {"aes-256-gcm": AES_256, "sm4-gcm": SM4_128}


@cache
def _ciphers(suite: Suite, keys: tuple[bytes, ...]) -> tuple[Sealing, ...]:
    return tuple(suite.cipher(suite.own(key)) for key in keys)


def _known(suite: Suite) -> tuple[Sealing, ...]:
    return _ciphers(suite, tuple(settings.SEAL_KEYS))


def seal(facts: dict[str, Any], about: str) -> bytes:
    """Return ``facts`` sealed and bound to ``about`` (a record's key), as bytes for one column."""
    return seal_bytes(_plain(facts).encode(), about)


def seal_bytes(content: bytes, about: str, suite: Suite | None = None) -> bytes:
    """Return ``content`` sealed and bound to ``about``: for a file; by the setting's suite if none is given."""
    suite = suite or SUITES[settings.CIPHER]
    key, bound = os.urandom(suite.key), about.encode()
    first, second = os.urandom(NONCE), os.urandom(NONCE)
    wrapped = first + _known(suite)[0].encrypt(first, key, bound)
    return suite.mark + wrapped + second + suite.cipher(key).encrypt(second, content, bound)


def unseal(sealed: bytes, about: str) -> dict[str, Any]:
    """Return the facts that `seal` was given.

    :raises SealBroken: changed, of another record, or sealed with a key that is gone
    """
    facts: dict[str, Any] = json.loads(unseal_bytes(sealed, about))
    return facts


def unseal_bytes(sealed: bytes, about: str) -> bytes:
    """Return the bytes that `seal_bytes` was given.

    :raises SealBroken: changed, of another record, or sealed with a key that is gone
    """
    return _opened(sealed, about)[0]


def _opened(sealed: bytes, about: str) -> tuple[bytes, bool]:
    """Return what was sealed, and whether the newest key and the suite of the setting did it."""
    suite = SM4_128 if sealed.startswith(SM4_128.mark) else AES_256
    body, bound = sealed[len(suite.mark) :], about.encode()
    wrapped = NONCE + suite.key + TAG
    for n, cipher in enumerate(_known(suite)):
        try:
            key = cipher.decrypt(body[:NONCE], body[NONCE:wrapped], bound)
            rest = body[wrapped:]
            content = suite.cipher(key).decrypt(rest[:NONCE], rest[NONCE:], bound)
        except (InvalidTag, ValueError):  # ValueError: too short to be anything sealed
            continue
        return content, n == 0 and suite is SUITES[settings.CIPHER]
    raise SealBroken(about)


def resealed(sealed: bytes, about: str) -> bytes | None:
    """Return the same sealed anew with the newest key and the setting's suite; ``None`` where it is so already.

    :raises SealBroken: changed, of another record, or sealed with a key that is gone
    """
    content, is_current = _opened(sealed, about)
    return None if is_current else seal_bytes(content, about)


def keyed_hash(purpose: str, text: str) -> str:
    """Return 64 hexadecimal digits of HMAC-SHA-256 under the installation's key, by purpose."""
    key: bytes = settings.HASH_KEY
    return hmac.digest(key, f"{purpose}\0{text}".encode(), "sha256").hex()


def seal_mark(facts: dict[str, Any], about: str) -> str:
    """Return ``facts`` sealed as letters for an address or a form: no two marks are alike."""
    return base64.urlsafe_b64encode(seal(facts, about)).decode().rstrip("=")


def unseal_mark(mark: str, about: str) -> dict[str, Any] | None:
    """Return the facts that `seal_mark` was given; ``None`` for what none of ours is."""
    try:
        return unseal(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)), about)
    except (SealBroken, ValueError):  # binascii.Error is one
        return None


def veiled(purpose: str, keys: Sequence[UUID]) -> list[UUID]:
    """Return for each key another that stands for it outside: always the same, and it tells nothing.

    A key of ours tells the millisecond it was made in.  Each is one block of AES-256 under a key of
    the installation's own for this ``purpose``, so no two are alike and `unveiled` leads back.
    """
    made = _veiled(purpose, keys)
    return [UUID(bytes=made[at : at + 16]) for at in range(0, len(made), 16)]


def veiled_names(purpose: str, keys: Sequence[UUID]) -> list[str]:
    """Return what `veiled` returns as it is written: for a thousand at once in a third of the time."""
    h = _veiled(purpose, keys).hex()
    return [
        f"{h[n : n + 8]}-{h[n + 8 : n + 12]}-{h[n + 12 : n + 16]}-{h[n + 16 : n + 20]}-{h[n + 20 : n + 32]}"
        for n in range(0, len(h), 32)
    ]


def _veiled(purpose: str, keys: Sequence[UUID]) -> bytes:
    return _veil(purpose).encryptor().update(b"".join([key.bytes for key in keys]))


def unveiled(purpose: str, keys: Sequence[UUID]) -> list[UUID]:
    """Return the keys that `veiled` was given; of what it never gave, keys of nothing."""
    made = _veil(purpose).decryptor().update(b"".join(key.bytes for key in keys))
    return [UUID(bytes=made[at : at + 16]) for at in range(0, len(made), 16)]


def _veil(purpose: str) -> Cipher[ECB]:
    key = bytes.fromhex(keyed_hash("veil", purpose))
    return Cipher(AES(key), ECB())  # noqa: S305  one block each, and none twice: nothing to repeat

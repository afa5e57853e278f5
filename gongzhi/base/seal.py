"""Facts about a person, sealed: one key a record, wrapped by a key that is not in the database.

Envelope encryption with AES-256-GCM (NIST SP 800-38D).  Erasing the row erases its key with it.
The key-encryption keys come from the settings, newest first, so that a key can be replaced.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.conf import settings

NONCE, KEY, TAG = 12, 32, 16
WRAPPED = NONCE + KEY + TAG


_plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class SealBroken(Exception):  # noqa: N818
    """The sealed facts were changed, or none of the known keys opens them."""


@cache
def _ciphers(keys: tuple[bytes, ...]) -> tuple[AESGCM, ...]:
    return tuple(AESGCM(key) for key in keys)


def _known() -> tuple[AESGCM, ...]:
    return _ciphers(tuple(settings.SEAL_KEYS))


def seal(facts: dict[str, Any], about: str) -> bytes:
    """Return ``facts`` sealed and bound to ``about`` (a record's key), as bytes for one column."""
    return seal_bytes(_plain(facts).encode(), about)


def seal_bytes(content: bytes, about: str) -> bytes:
    """Return ``content`` sealed and bound to ``about``: for a file."""
    key, bound = os.urandom(KEY), about.encode()
    first, second = os.urandom(NONCE), os.urandom(NONCE)
    wrapped = first + _known()[0].encrypt(first, key, bound)
    return wrapped + second + AESGCM(key).encrypt(second, content, bound)


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
    wrapped, rest, bound = sealed[:WRAPPED], sealed[WRAPPED:], about.encode()
    for cipher in _known():
        try:
            key = cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], bound)
            return AESGCM(key).decrypt(rest[:NONCE], rest[NONCE:], bound)
        except (InvalidTag, ValueError):  # ValueError: too short to be anything sealed
            continue
    raise SealBroken(about)


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

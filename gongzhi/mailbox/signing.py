"""How messengers show who they are: the callbacks of Enterprise WeChat and of DingTalk.

Enterprise WeChat (developer.work.weixin.qq.com, path/90968): AES-256-CBC with PKCS#7 to 32 bytes, the
first half of the key as the vector; inside stand 16 random bytes, the length, the message, and whom it is
for.  DingTalk (open.dingtalk.com, “receive messages”): HMAC-SHA-256 over time and secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK, NOISE, LENGTH, KEY = 32, 16, 4, 32
KEY_LETTERS = 43
FRESH_DINGTALK, FRESH_WECOM = timedelta(hours=1), timedelta(hours=1)
LONGEST_STAMP = 14


class BadSignature(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The signature is of another secret or another time, or what is sealed cannot be opened."""


def is_aes_key(text: str) -> bool:
    """Return whether ``text`` is an EncodingAESKey: 43 letters that stand for 32 bytes."""
    try:
        return len(text) == KEY_LETTERS and len(_key(text)) == KEY
    except (binascii.Error, ValueError):
        return False


def _key(aes_key: str) -> bytes:
    return base64.b64decode(aes_key + "=", validate=True)


def wecom_signature(token: str, *said: str) -> str:
    """Return SHA-1 in hexadecimal over the token and what was said, sorted."""
    return hashlib.sha1("".join(sorted([token, *said])).encode()).hexdigest()  # noqa: S324  theirs


def check_wecom(token: str, shown: str, said: tuple[str, str, str], at: datetime) -> None:
    """Check the signature of a callback over ``said``: its time, a nonce, and what is sealed.

    :raises BadSignature: of another token, or of another hour
    """
    right = wecom_signature(token, *said)
    if not hmac.compare_digest(right.encode(), shown.encode()):
        raise BadSignature
    _check_fresh(said[0], 1, FRESH_WECOM, at)


def open_wecom(aes_key: str, sealed: str, receiver: str) -> bytes:
    """Return the message that is sealed for ``receiver``.

    :raises BadSignature: it cannot be opened, or is for another
    """
    key = _key(aes_key)
    try:
        content = base64.b64decode(sealed, validate=True)
        opener = Cipher(AES(key), CBC(key[:16])).decryptor()
        plain = opener.update(content) + opener.finalize()
    except (binascii.Error, ValueError) as fault:
        raise BadSignature from fault
    n_pad = plain[-1] if plain else 0
    if not 1 <= n_pad <= BLOCK or plain[-n_pad:] != bytes([n_pad]) * n_pad:
        raise BadSignature
    plain = plain[NOISE:-n_pad]
    size = int.from_bytes(plain[:LENGTH], "big")
    message, whose = plain[LENGTH : LENGTH + size], plain[LENGTH + size :]
    if len(message) != size or not hmac.compare_digest(whose, receiver.encode()):
        raise BadSignature
    return message


def seal_wecom(aes_key: str, message: bytes, receiver: str, noise: bytes = b"") -> str:
    """Return ``message`` sealed for the messenger."""
    key = _key(aes_key)
    plain = (noise or os.urandom(NOISE)) + len(message).to_bytes(LENGTH, "big")
    plain += message + receiver.encode()
    n_pad = BLOCK - len(plain) % BLOCK
    sealer = Cipher(AES(key), CBC(key[:16])).encryptor()
    sealed = sealer.update(plain + bytes([n_pad]) * n_pad) + sealer.finalize()
    return base64.b64encode(sealed).decode()


def dingtalk_signature(secret: str, stamp: str) -> str:
    """Return the signature of a moment, in milliseconds."""
    digest = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
    return base64.b64encode(digest).decode()


def check_dingtalk(secret: str, shown: str, stamp: str, at: datetime) -> None:
    """Check the signature of a callback.

    :raises BadSignature: of another secret, or of another hour
    """
    if not hmac.compare_digest(dingtalk_signature(secret, stamp).encode(), shown.encode()):
        raise BadSignature
    _check_fresh(stamp, 1000, FRESH_DINGTALK, at)


def _check_fresh(stamp: str, to_second: int, fresh: timedelta, at: datetime) -> None:
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < LONGEST_STAMP):
        raise BadSignature
    try:
        when = datetime.fromtimestamp(int(stamp) / to_second, UTC)
    except (OverflowError, ValueError, OSError) as fault:
        raise BadSignature from fault
    if abs(when - at) > fresh:
        raise BadSignature

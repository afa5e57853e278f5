"""The file of a backup: a tar stream, sealed piece by piece; pure, so that it can be tested alone.

``GONGZHI-BACKUP 1``, a key of this file sealed by the installation's (`base.seal`), then pieces of
1 MiB under AES-256-GCM.  The nonce of a piece is its number and whether it is the last: pieces cannot
be changed, left out, put in another order or cut off unseen (the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizár, 2015).  No key of the installation is ever inside.
"""

from __future__ import annotations

import os
from io import RawIOBase
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from gongzhi.base.seal import (
    AES_256,
    KEY,
    NONCE,
    TAG,
    WRAPPED,
    SealBroken,
    seal_bytes,
    unseal_bytes,
)

MAGIC = b"GONGZHI-BACKUP 1\n"
ABOUT = "backup"  # what the key of an archive is bound to
SEALED_KEY = WRAPPED + NONCE + KEY + TAG
PIECE = 1 << 20


class ArchiveBad(Exception):  # noqa: N818
    """Nothing can be restored from a file; says why, and what to do."""


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(NONCE - 1, "big") + bytes([is_last])


class Sealer(RawIOBase):
    """Seals what is written to it into ``out``; without `finish` the archive counts as cut off."""

    def __init__(self, out: IO[bytes]) -> None:
        super().__init__()
        self.out, self.waiting, self.number = out, bytearray(), 0
        key = os.urandom(KEY)
        self.cipher = AESGCM(key)
        out.write(MAGIC + seal_bytes(key, ABOUT, AES_256))

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        if self.closed:  # a tar that was given up writes its end when it is forgotten
            return len(content)
        self.waiting += content
        while len(self.waiting) > PIECE:
            self._piece(bytes(self.waiting[:PIECE]), is_last=False)
            del self.waiting[:PIECE]
        return len(content)

    def finish(self) -> None:
        """Write the last piece, which says that it is the last."""
        self._piece(bytes(self.waiting), is_last=True)

    def _piece(self, content: bytes, *, is_last: bool) -> None:
        self.out.write(self.cipher.encrypt(_nonce(self.number, is_last=is_last), content, None))
        self.number += 1


class Opener(RawIOBase):
    """Opens what a `Sealer` wrote to ``source``, piece by piece.

    :raises ArchiveBad: no archive, of other keys, changed or cut off; at the place where it shows
    """

    def __init__(self, source: IO[bytes]) -> None:
        super().__init__()
        self.source, self.ready, self.number, self.ended = source, memoryview(b""), 0, False
        if source.read(len(MAGIC)) != MAGIC:
            raise ArchiveBad(_("This file is no backup of Gongzhi: name another."))
        try:
            self.cipher = AESGCM(unseal_bytes(source.read(SEALED_KEY), ABOUT))
        except SealBroken as fault:
            raise ArchiveBad(
                _(
                    "None of this installation's keys opens this backup: put the secrets.json of the "
                    "installation that made it in place (GONGZHI_SECRETS)."
                )
            ) from fault
        self.next = source.read(PIECE + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        if not self.ready and not self.ended:
            self._open_piece()
        given, self.ready = (
            self.ready[: len(room)],
            self.ready[len(room) :],
        )  # views: nothing is copied
        room[: len(given)] = given
        return len(given)

    def _open_piece(self) -> None:
        sealed, self.next = self.next, self.source.read(PIECE + TAG)
        is_last = not self.next
        try:
            piece = self.cipher.decrypt(_nonce(self.number, is_last=is_last), sealed, None)
        except (InvalidTag, ValueError) as fault:
            raise ArchiveBad(
                _("This backup is damaged or cut off (at piece %(n)d): take another copy of it.")
                % {"n": self.number + 1}
            ) from fault
        self.ready, self.number, self.ended = memoryview(piece), self.number + 1, is_last

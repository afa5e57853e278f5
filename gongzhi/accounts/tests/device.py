"""A device that holds one passkey, after W3C Web Authentication Level 2, §6.1 and §6.5: no library of ours."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def data(said: str) -> bytes:
    return urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class Device:
    origin: str = "http://localhost"
    rp: str = "localhost"
    verified: bool = True
    signature: bytes = b""
    handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def make(self, asked: Any) -> dict[str, Any]:
        """Return a new passkey, as a browser tells of it."""
        asked = json.loads(json.dumps(dict(asked), default=dict))["publicKey"]
        self.handle = self.handle or data(asked["user"]["id"])
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        held = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor.encode(public)
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + held}
        return self._told(
            {
                "clientDataJSON": text(self._client("webauthn.create", asked)),
                "attestationObject": text(cbor.encode(made)),
            }
        )

    def sign(self, asked: Any) -> dict[str, Any]:
        """Return the answer to an asking, as a browser tells of it."""
        asked = json.loads(json.dumps(dict(asked), default=dict))["publicKey"]
        client, held = self._client("webauthn.get", asked), self._data()
        signed = held + hashlib.sha256(client).digest()
        return self._told(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(held),
                "signature": text(
                    self.signature or self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
                ),
                "userHandle": text(self.handle),
            }
        )

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        return hashlib.sha256(self.rp.encode()).digest() + bytes([flags]) + bytes(4)

    def _told(self, response: dict[str, str]) -> dict[str, Any]:
        named = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return named | {"response": response, "clientExtensionResults": {}}

"""The secrets of one installation: made once, kept in one file that only its owner reads."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must never be lost or shown; each field is a random text but for the last.

    ``secret_key`` signs sessions. ``seal_keys`` (base64 of 32 bytes each, newest first) encrypt
    the keys that encrypt people's contacts: to replace one, put the new one before it.
    ``hash_key`` keys the hashes that match codes and telephones. ``oidc_secret`` is the one text
    that is not ours: what proves this installation to the identity provider of the organisation,
    written here by whoever runs it.
    """

    secret_key: str
    seal_keys: list[str]
    hash_key: str
    oidc_secret: str = ""

    def seals(self) -> list[bytes]:
        """Return the keys that seal, newest first, 32 bytes each."""
        return [base64.b64decode(key, validate=True) for key in self.seal_keys]


FOR_TESTS = Secrets(
    secret_key="for tests only, " * 4,
    seal_keys=[base64.b64encode(b"0123456789abcdef" * 2).decode()],
    hash_key="for tests only",
)


def ensure_secrets(file: Path) -> bool:
    """Make the secrets in `file` when it is not there; say whether they were made now.

    The file appears whole or not at all, and of two who make it at once one wins.
    """
    if file.exists():
        return False
    made = Secrets(
        secret_key=secrets.token_urlsafe(48),
        seal_keys=[base64.b64encode(secrets.token_bytes(32)).decode()],
        hash_key=secrets.token_urlsafe(32),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(asdict(made), out, indent=2)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, file)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def read_secrets(file: Path) -> Secrets:
    """Return the secrets kept in `file`.

    A missing file is refused and not replaced: new secrets could not read the old data.
    """
    try:
        read = Secrets(**json.loads(file.read_text(encoding="utf-8")))
        whole = {len(key) for key in read.seals()} == {32} and read.secret_key and read.hash_key
    except FileNotFoundError:
        raise ImproperlyConfigured(
            f"{file} is missing. A new installation makes it with “make run” or "
            f"“python -m gongzhi.site.secrets {file}”; an existing one must restore it from "
            f"its backup, or people's contacts stay unreadable."
        ) from None
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"{file} cannot be read as this installation's secrets: restore it from a backup."
        ) from error
    if not whole:
        raise ImproperlyConfigured(f"{file} lacks a secret: restore it from a backup.")
    return read


if __name__ == "__main__":
    ensure_secrets(Path(sys.argv[1]))

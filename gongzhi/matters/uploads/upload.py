"""A file as it is kept, whatever it was when it came."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base import ids


class Sort(models.TextChoices):
    """What a file is; each is kept in one form, written anew on its way in."""

    PHOTO = "photo", _("photo")
    DOCUMENT = "document", _("document")
    RECORDING = "recording", _("recording")


ENDINGS = {Sort.PHOTO: "jpg", Sort.DOCUMENT: "pdf", Sort.RECORDING: "mp3"}
TYPES = {
    Sort.PHOTO: "image/jpeg",
    Sort.DOCUMENT: "application/pdf",
    Sort.RECORDING: "audio/mpeg",
}


@dataclass(frozen=True)
class Upload:
    """A file without metadata, with the name it came under.

    Of a picture also its size in pixels and a small picture of it.  One that is to be written anew
    later has only ``raw``, its bytes as they came: nobody may be shown those.
    """

    sort: Sort
    content: bytes
    name: str = ""
    width: int = 0
    height: int = 0
    small: bytes = b""
    raw: bytes = b""

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def ending(self) -> str:
        """The ending of its file name."""
        return ENDINGS[self.sort]


def store(content: bytes, ending: str) -> str:
    """Keep a file under a name that tells nothing; return that name."""
    key = ids.uuid7().hex
    return default_storage.save(f"{key[-2:]}/{key}.{ending}", ContentFile(content))

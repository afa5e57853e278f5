"""Photographs from strangers: proven to be pictures, made small, stripped of all but the picture."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

import pillow_heif
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps

pillow_heif.register_heif_opener()

MOST_PHOTOS = 9
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 64_000_000  # a telephone takes 48 to 50 million
LONGEST_SIDE = 2000
PHOTOS = gettext_lazy("Photos")
PICTURES = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it is kept: JPEG bytes without metadata, its size in pixels, its SHA-256."""

    content: bytes
    width: int
    height: int
    sha256: str


def tidy(file: IO[bytes]) -> Photo:
    """Return the picture in ``file``, turned upright, at most `LONGEST_SIDE` pixels a side.

    The size is read before anything is decoded, so that a small file cannot unfold into a huge
    picture.

    :raises ValidationError: too large, no picture, or a format that is not taken
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The photo is larger than 20 MB. Please choose a smaller one."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _encode(Image.open(BytesIO(content), formats=FORMATS))
    except Image.DecompressionBombError:
        raise ValidationError(_too_many()) from None
    except ValidationError:
        raise
    except Exception as fault:
        raise ValidationError(
            _("This file is not a photo we can read. Please send a JPEG, PNG, WebP or HEIC photo.")
        ) from fault


def _encode(image: Image.Image) -> Photo:
    if image.width * image.height > MOST_PIXELS:
        raise ValidationError(_too_many())
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded small from the start
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new("RGB", upright.size, "white")
    mask = upright.convert("RGBA").getchannel("A") if "A" in upright.getbands() else None
    plain.paste(upright.convert("RGB"), mask=mask)
    out = BytesIO()
    plain.save(out, "JPEG", quality=82, optimize=True)
    made = out.getvalue()
    return Photo(made, plain.width, plain.height, hashlib.sha256(made).hexdigest())


class _Camera(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Photographs in a form, each tidied; the one such field of every face."""

    def __init__(self, *, label: Any = PHOTOS, **kwargs: Any) -> None:
        given = {"accept": PICTURES, "data-max": MOST_PHOTOS}
        super().__init__(label=label, required=False, widget=_Camera(attrs=given), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Photo]:  # noqa: ARG002
        """Return the pictures in order.

        :raises ValidationError: too many, or a sentence with its name for each that is no picture
        """
        files: list[UploadedFile[bytes]] = [file for file in data or () if file]
        if len(files) > MOST_PHOTOS:
            raise ValidationError(_("Please send at most 9 photos."))
        found, faults = [], []
        for file in files:
            try:
                found.append(tidy(file))
            except ValidationError as fault:
                faults += [f"{file.name}: {said}" for said in fault.messages]
        if faults:
            raise ValidationError(faults)
        return found


def _too_many() -> str:
    return _("The photo has more than 64 million pixels. Please send a smaller one.")

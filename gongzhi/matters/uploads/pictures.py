"""Pictures: proven to be such, made small, stripped of all but the picture.  Pure."""

from __future__ import annotations

import warnings
from io import BytesIO

import pillow_heif
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from gongzhi.matters.uploads.upload import Sort, Upload

pillow_heif.register_heif_opener()

MOST_PIXELS = 64_000_000  # a telephone takes 48 to 50 million
LONGEST_SIDE = 2000
SMALL_SIDE = 320
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")


def picture(content: bytes, name: str, *, later: bool = False) -> Upload:
    """Return a picture as JPEG, upright, at most `LONGEST_SIDE` pixels a side, and a small one of it.

    The size is read before anything is decoded, so that a small file cannot unfold into a huge
    picture.  With ``later`` only that is done, and the picture is left as it came: that takes a
    hundredth of the time.

    :raises ValidationError: too large, no picture, or a format that is not taken
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=FORMATS)
            _check(image)
            return Upload(Sort.PHOTO, b"", name, raw=content) if later else _encode(image, name)
    except Image.DecompressionBombError:
        raise ValidationError(_too_many()) from None
    except ValidationError:
        raise
    except Exception as fault:
        raise ValidationError(
            _("This file is not a photo we can read. Please send a JPEG, PNG, WebP or HEIC photo.")
        ) from fault


def _check(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise ValidationError(_too_many())


def _encode(image: Image.Image, name: str) -> Upload:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded small from the start
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new("RGB", upright.size, "white")
    mask = upright.convert("RGBA").getchannel("A") if "A" in upright.getbands() else None
    plain.paste(upright.convert("RGB"), mask=mask)
    return of_image(plain, name)


def of_image(plain: Image.Image, name: str) -> Upload:
    """Return an RGB image as it is kept."""
    made = _jpeg(plain)
    small = plain.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Upload(Sort.PHOTO, made, name, plain.width, plain.height, _jpeg(small))


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _too_many() -> str:
    return _("The photo has more than 64 million pixels. Please send a smaller one.")

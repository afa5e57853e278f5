from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from gongzhi.matters.photos import LONGEST_SIDE, tidy

GPS = 0x8825


def picture(kind: str, size: tuple[int, int] = (60, 40), **says: object) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **says)
    return BytesIO(out.getvalue())


def with_gps() -> BytesIO:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (31.0, 14.0, 5.0)
    exif[0x010F] = "MakerOfThePhone"
    return picture("JPEG", exif=exif)


def bomb(side: int) -> BytesIO:
    """Return a PNG of a few kilobytes that says it is ``side`` pixels square."""

    def chunk(name: bytes, body: bytes) -> bytes:
        code = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + code

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * 100))
    body = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return BytesIO(b"\x89PNG\r\n\x1a\n" + body)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg_of_the_same_size(kind):
    photo = tidy(picture(kind))
    made = Image.open(BytesIO(photo.content))
    assert (made.format, made.size) == ("JPEG", (60, 40))
    assert (photo.width, photo.height) == (60, 40)


def test_a_heic_photo_is_converted():
    out = BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "teal")).save(out)
    photo = tidy(BytesIO(out.getvalue()))
    assert Image.open(BytesIO(photo.content)).format == "JPEG"


def test_where_and_with_what_it_was_taken_is_gone_and_it_stands_upright():
    photo = tidy(with_gps())
    made = Image.open(BytesIO(photo.content))
    assert dict(made.getexif()) == {}
    assert b"MakerOfThePhone" not in photo.content
    assert made.size == (40, 60)


def test_a_large_photo_is_made_smaller_and_keeps_its_shape():
    photo = tidy(picture("JPEG", (4000, 3000)))
    assert (photo.width, photo.height) == (LONGEST_SIDE, LONGEST_SIDE * 3 // 4)


def test_transparent_parts_become_white():
    out = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    photo = tidy(BytesIO(out.getvalue()))
    assert Image.open(BytesIO(photo.content)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"",
        b"GIF89a" + bytes(50),
        b"\xff\xd8\xff\xe0" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    ],
)
def test_what_is_no_photo_is_refused_with_a_sentence(content):
    with pytest.raises(ValidationError, match="JPEG"):
        tidy(BytesIO(content))


@pytest.mark.parametrize("side", [10_000, 30_000])
def test_a_picture_that_unfolds_into_a_huge_one_is_refused_before_it_does(side):
    with pytest.raises(ValidationError, match="64"):
        tidy(bomb(side))


def test_a_file_of_more_than_20_megabytes_is_refused():
    with pytest.raises(ValidationError, match="20 MB"):
        tidy(BytesIO(bytes(20 * 1024 * 1024 + 1)))

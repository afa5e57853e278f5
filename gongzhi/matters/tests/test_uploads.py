from __future__ import annotations

import math
import struct
import wave
import zlib
from io import BytesIO

import av
import pikepdf
import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gongzhi.matters.uploads import tidy
from gongzhi.matters.uploads.documents import bare_jpeg
from gongzhi.matters.uploads.pictures import LONGEST_SIDE

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


def test_a_photo_comes_with_a_small_one():
    photo = tidy(picture("JPEG", (1600, 900)))
    assert Image.open(BytesIO(photo.small)).size == (320, 180)


# --- Documents.


def pdf(**held) -> pikepdf.Pdf:
    made = pikepdf.new()
    made.add_blank_page(page_size=(200, 200))
    for name, value in held.items():
        made.Root[f"/{name}"] = value
    return made


def saved(made: pikepdf.Pdf, **says) -> BytesIO:
    out = BytesIO()
    made.save(out, **says)
    return BytesIO(out.getvalue())


def test_a_document_loses_what_tells_who_wrote_it_and_what_runs_by_itself():
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    made = pdf(OpenAction=script)
    made.docinfo["/Author"] = "王建国"
    with made.open_metadata() as about:
        about["dc:creator"] = ["王建国"]
    made.attachments["secret.txt"] = b"secret"
    note = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=script)
    made.pages[0].obj["/Annots"] = pikepdf.Array([note])
    kept = tidy(saved(made), "合同.pdf")

    assert (kept.sort, kept.name) == ("document", "合同.pdf")
    again = pikepdf.open(BytesIO(kept.content))
    assert len(again.pages) == 1
    assert "/Info" not in again.trailer
    assert set(again.Root.keys()) & {"/OpenAction", "/Metadata", "/AcroForm"} == set()
    assert not again.attachments
    assert list(again.pages[0].obj.get("/Annots", [])) == []
    assert b"JavaScript" not in kept.content


def test_a_photo_inside_a_document_does_not_tell_where_it_was_taken():
    made = pdf()
    raw = with_gps().getvalue()
    assert b"MakerOfThePhone" in raw
    image = pikepdf.Stream(made, raw)
    image.update(
        pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=60, Height=40,
            ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )
    )  # fmt: skip
    made.pages[0].obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
    made.pages[0].obj["/Contents"] = made.make_stream(b"q 60 0 0 40 0 0 cm /Im Do Q")
    kept = tidy(saved(made)).content
    assert b"MakerOfThePhone" not in kept
    with pikepdf.open(BytesIO(kept)) as again:
        (found,) = again.pages[0].get_images().values()
        assert isinstance(found, pikepdf.Stream)
        assert pikepdf.PdfImage(found).as_pil_image().size == (60, 40)


@given(st.binary(max_size=400))
def test_stripping_a_jpeg_of_anything_never_fails_and_never_grows(content):
    kept = bare_jpeg(b"\xff\xd8" + content)
    assert len(kept) <= len(content) + 2


def test_a_document_with_a_password_is_refused():
    locked = saved(pdf(), encryption=pikepdf.Encryption(user="x", owner="y"))
    with pytest.raises(ValidationError, match="有密码"):
        tidy(locked)


def test_a_document_that_is_none_is_refused():
    with pytest.raises(ValidationError, match="PDF"):
        tidy(BytesIO(b"%PDF-1.7 but nothing else"))


# --- Recordings.


def sound(seconds: float = 2.0, rate: int = 8000) -> BytesIO:
    samples = (int(9000 * math.sin(n / 5)) for n in range(int(seconds * rate)))
    return recorded(b"".join(struct.pack("<h", sample) for sample in samples), rate)


def recorded(samples: bytes, rate: int) -> BytesIO:
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return BytesIO(out.getvalue())


def test_a_recording_becomes_mp3_of_the_same_length():
    kept = tidy(sound(3), "录音.wav")
    assert (kept.sort, kept.name, kept.ending) == ("recording", "录音.wav", "mp3")
    with av.open(BytesIO(kept.content), "r", format="mp3") as heard:
        length = sum((f.samples / f.sample_rate for f in heard.decode(audio=0)), start=0.0)
    assert abs(length - 3) < 0.2


def test_a_recording_loses_what_it_says_of_its_maker():
    out = BytesIO()
    with av.open(sound(), "r") as source, av.open(out, "w", format="mp3") as made:
        made.metadata["artist"] = "MakerOfThePhone"
        stream = made.add_stream("libmp3lame", rate=24000, layout="mono")
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=24000)
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                made.mux(stream.encode(part))
        made.mux(stream.encode(None))
    assert b"MakerOfThePhone" in out.getvalue()
    assert b"MakerOfThePhone" not in tidy(BytesIO(out.getvalue())).content


@pytest.mark.parametrize("rate", [1, 3_999, 384_001, 0x20001F40])
def test_a_recording_at_a_rate_that_no_device_has_is_refused_before_it_is_computed(rate):
    with pytest.raises(ValidationError, match="无法读取这段录音"):
        tidy(recorded(bytes(1600), rate))


def test_a_recording_over_ten_minutes_is_refused():
    with pytest.raises(ValidationError, match="十分钟"):
        tidy(recorded(bytes(601 * 2 * 4000), 4000))


@pytest.mark.parametrize("head", [b"RIFF0000WAVE", b"OggS", b"ID3", b"\x00\x00\x00\x18ftypM4A "])
def test_what_only_begins_like_a_recording_is_refused(head):
    with pytest.raises(ValidationError, match="录音"):
        tidy(BytesIO(head + b"0" * 200))

"""Inputs that are almost what a parser takes: what is kept, changed as no writer would."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
MOST = 1 << 16  # bytes of an input
NASTY = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x8f\xbf\xbf", b"\n", b"\r\n\r\n", b'"',
    b",", b";", b"\t", b"=", b"-0", b"1e999", b"NaN", b"-Infinity", b"9" * 400, b"0" * 30, b"[" * 200,
    b"{" * 50, b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"../../x", b"=?utf-8?B?", b"boundary=",
    b"charset=unknown-8bit", b"charset=\xe7", "٣".encode(), "１２".encode(), b"9999-12-31T23:59:59+00:00",
    b"0001-01-01T00:00:00+23:59", b"\\ud800", b'"\\u0000"',
)  # fmt: skip


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    """Return what a parser takes, with every finding that is kept of it."""
    folder = CORPUS / name
    kept = [file.read_bytes() for file in sorted(folder.glob("*"))] if folder.exists() else []
    made = MADE[name]() if name in MADE else []
    return (*TARGETS[name].seeds, *made, *kept, b"")


def changed(name: str, drawn: random.Random) -> bytes:
    """Return one of the seeds of a parser, changed in a few places."""
    sent = bytearray(drawn.choice(seeds(name)))
    for _n in range(drawn.randint(1, 6)):
        at = drawn.randint(0, len(sent))
        until = min(len(sent), at + drawn.choice((1, 2, 8, 64)))
        match drawn.randrange(6):
            case 0:
                sent[at:at] = drawn.choice(NASTY)
            case 1:
                sent[at:until] = drawn.choice(NASTY)
            case 2:
                del sent[at:until]
            case 3:
                sent[at:at] = sent[at:until] * drawn.choice((1, 3, 50))
            case 4:
                sent[at:until] = drawn.randbytes(until - at)
            case 5:
                other = drawn.choice(seeds(name))
                sent[at:] = other[drawn.randint(0, len(other)) :]
    return bytes(sent[:MOST])


def _pictures() -> list[bytes]:
    import pikepdf
    import pillow_heif
    from PIL import Image

    image, found = Image.new("RGB", (8, 6), "teal"), []
    for kind in ("JPEG", "PNG", "WEBP"):
        out = BytesIO()
        image.save(out, kind)
        found.append(out.getvalue())
    out = BytesIO()
    pillow_heif.from_pillow(image).save(out)
    pdf = BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(pdf)
    return [*found, out.getvalue(), pdf.getvalue(), _sound()]


def _sound() -> bytes:
    import wave

    out = BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    return out.getvalue()


def _workbooks() -> list[bytes]:
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for row, cells in enumerate([["id", "text", "place", "kind"], ["1", "灯不亮", "9901", "x"]]):
        sheet.write_row(row, 0, cells)
    book.close()
    return [out.getvalue()]


def _shapefiles() -> list[bytes]:
    from zipfile import ZipFile

    import shapefile

    parts = {ending: BytesIO() for ending in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, shapeType=shapefile.POLYGON) as out:
        for name in ("code", "name_zh", "level"):
            out.field(name, "C", 40)
        out.poly([[[1, 2], [2, 2], [2, 3], [1, 2]]])
        out.record("990201", "x", "district")
    whole = BytesIO()
    with ZipFile(whole, "w") as packed:
        for ending, part in parts.items():
            packed.writestr(f"places.{ending}", part.getvalue())
    return [whole.getvalue()]


def _archives() -> list[bytes]:
    from gongzhi.upkeep.archives import Sealer

    out = BytesIO()
    with Sealer(out) as sealer:
        sealer.write(b"x" * 100)
        sealer.finish()
    return [out.getvalue()]


MADE: dict[str, Callable[[], list[bytes]]] = {
    "files": _pictures,
    "workbook": _workbooks,
    "shapefile": _shapefiles,
    "archive": _archives,
}

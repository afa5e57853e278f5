"""Documents: PDF, written anew without metadata, scripts or files inside.  Pure."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.matters.uploads.upload import Sort, Upload

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

MOST_PAGES = 300
# What may do something by itself, or hold what nobody sees: of the file, of a page, of a note.
OF_FILE = ("/Metadata", "/OpenAction", "/AA", "/AcroForm", "/Collection", "/PieceInfo")
OF_NAMES = ("/JavaScript", "/EmbeddedFiles", "/Renditions")
OF_PAGE = ("/AA", "/Metadata", "/PieceInfo")
HARMLESS_NOTES = (
    "/Text",
    "/Highlight",
    "/Underline",
    "/StrikeOut",
    "/FreeText",
    "/Line",
    "/Square",
)
APP1, APP15, COMMENT = 0xE1, 0xEF, 0xFE
ADOBE = 0xEE  # how the colours are meant
START_OF_SCAN = 0xDA


def document(content: bytes, name: str) -> Upload:
    """Return a PDF as it is kept.

    :raises ValidationError: it has a password, too many pages, or is no PDF that can be read
    """
    import pikepdf  # it is large, and few send documents

    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            return Upload(Sort.DOCUMENT, _rewritten(pdf), name)
    except pikepdf.PasswordError:
        raise ValidationError(
            _("This document has a password. Please send it without one.")
        ) from None
    except ValidationError:
        raise
    except Exception as fault:
        raise ValidationError(
            _("This file is not a document we can read. Please send it as PDF.")
        ) from fault


def _rewritten(pdf: Pdf) -> bytes:
    from pikepdf import Array, Name, Stream, StreamDecodeLevel

    if len(pdf.pages) > MOST_PAGES:
        raise ValidationError(
            _("The document has more than 300 pages. Please send the part that matters.")
        )
    _drop(pdf.Root, OF_FILE)
    if names := pdf.Root.get("/Names"):
        _drop(names, OF_NAMES)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for page in pdf.pages:
        _drop(page.obj, OF_PAGE)
        notes = page.obj.get("/Annots")
        if notes is not None:
            page.obj["/Annots"] = Array([note for note in notes if _is_harmless(note)])
    for thing in pdf.objects:
        if isinstance(thing, Stream):
            _drop(thing, ("/Metadata", "/PieceInfo"))
            if thing.get("/Filter") == "/DCTDecode":
                thing.write(bare_jpeg(thing.read_raw_bytes()), filter=Name.DCTDecode)
    out = BytesIO()
    pdf.remove_unreferenced_resources()
    pdf.save(out, stream_decode_level=StreamDecodeLevel.none, deterministic_id=True)
    return out.getvalue()


def _drop(held: Object, names: tuple[str, ...]) -> None:
    for name in names:
        if name in held:
            del held[name]


def _is_harmless(note: Object) -> bool:
    """Return whether a note on a page does nothing by itself; links lead out and go as well."""
    return note.get("/Subtype") in HARMLESS_NOTES and "/A" not in note and "/AA" not in note


def bare_jpeg(content: bytes) -> bytes:
    """Return a JPEG without the segments that tell where and with what it was taken.

    Segments as in ISO/IEC 10918-1, annex B; what is no JPEG is returned as it is.
    """
    if content[:2] != b"\xff\xd8":
        return content
    kept, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004  a marker
        marker = content[at + 1]
        if marker == START_OF_SCAN:
            break
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        tells = marker == COMMENT or (APP1 <= marker <= APP15 and marker != ADOBE)
        if not tells:
            kept.append(content[at:end])
        at = end
    return b"".join([*kept, content[at:]])

"""What a mail says: who wrote it, its words, its files, and whether a machine wrote it.

Heads are taken as they stand and decoded here, each cut first: the newer policies of `email` make trees of
them, in a time that whoever writes can choose.  Parts are counted and bounded before they are opened.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from gongzhi.base.text import clean
from gongzhi.mailbox.readers.hypertext import words_of
from gongzhi.mailbox.readers.quotes import newly_said, unsigned
from gongzhi.matters.uploads import Upload, tidy

MOST_BYTES = 25 * 1024 * 1024
MOST_HEADS = 64 * 1024  # bytes of them
MOST_PARTS, DEEPEST = 100, 8
MOST_FILES = 9
LONGEST_HEAD, LONGEST_SUBJECT, LONGEST_WORDS = 2000, 200, 200_000
MOST_ANSWERED = 50  # ids of mails that one answers
SMALL = 10 * 1024  # a picture within the words that is smaller is a sign, not a photo
GONE = ("bulk", "junk", "list", "auto_reply")
MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply")
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "us-ascii": "utf-8"}
_OURS = re.compile(r"<([0-9a-f]{32})@gongzhi>")
_LINE_ENDS = re.compile(r"[\r\n]+[ \t]*")


class Unreadable(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A mail that cannot be taken; says which of the reasons it is."""

    def __init__(self, reason: str, digest: str = "") -> None:
        super().__init__(reason)
        self.reason, self.digest = reason, digest


@dataclass(frozen=True, slots=True)
class Read:
    """A mail as it was read.  ``answers`` are keys of letters of ours that it may answer."""

    digest: str
    sender: str
    subject: str
    words: str
    machine: str = ""
    message_id: str = ""
    answers: tuple[str, ...] = ()
    said_anew: str = ""
    files: tuple[Upload, ...] = ()
    refused: tuple[str, ...] = field(default=())


def digest_of(heads: bytes) -> str:
    """Return what a mail is known by: its Message-ID, or else all its heads."""
    message = message_from_bytes(heads[:MOST_HEADS], policy=policy.compat32)
    return _digest(message, heads)


def _digest(message: Message, heads: bytes) -> str:
    said = _head(message, "Message-ID").strip().encode("utf-8", "replace")
    return hashlib.sha256(said or heads[:MOST_HEADS]).hexdigest()


def read_mail(raw: bytes, own: str) -> Read:
    """Return what a mail says; ``own`` is the address of the mailbox.

    :raises Unreadable: it is too large, has too many parts, nobody wrote it, or it says nothing
    """
    heads = _heads_of(raw)
    try:
        digest = digest_of(heads)
    except Exception as fault:
        raise Unreadable("broken", hashlib.sha256(heads).hexdigest()) from fault
    if len(raw) > MOST_BYTES:
        raise Unreadable("large", digest)
    if len(heads) > MOST_HEADS or raw.lower().count(b"\ncontent-type:") > MOST_PARTS:
        raise Unreadable("parts", digest)
    try:
        return _read(message_from_bytes(raw, policy=policy.compat32), digest, own)
    except Unreadable as fault:
        raise Unreadable(fault.reason, digest) from None
    except RecursionError as fault:
        raise Unreadable("parts", digest) from fault
    except Exception as fault:  # whatever a stranger thought of: looked at by a person
        raise Unreadable("broken", digest) from fault


def _heads_of(raw: bytes) -> bytes:
    ends = [at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
    return raw[: min(ends)] if ends else raw


def _read(message: Message, digest: str, own: str) -> Read:
    _name, sender = parseaddr(_head(message, "From").replace("\n", " "))
    if machine := _machine(message, sender, own):
        return Read(digest, sender, "", "", machine=machine)
    try:
        validate_email(sender)
    except ValidationError:
        raise Unreadable("sender") from None
    words, files, refused = _contents(message)
    subject = clean(_decoded(_head(message, "Subject")).replace("\n", " "))[:LONGEST_SUBJECT]
    if not (words or subject or files):
        raise Unreadable("empty")
    return Read(
        digest=digest,
        sender=sender,
        subject=subject,
        words=unsigned(words),
        message_id=_id(message),
        answers=_answers(message),
        said_anew=newly_said(words),
        files=tuple(files),
        refused=tuple(refused),
    )


def _head(message: Message, name: str) -> str:
    """Return a head as it stands, cut, in one line."""
    found = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return _LINE_ENDS.sub(" ", str(found)[:LONGEST_HEAD])


def _decoded(said: str) -> str:
    """Return a head in plain words (RFC 2047), whatever is wrong with it."""
    try:
        parts = decode_header(said)
    except (HeaderParseError, ValueError):
        return said
    return "".join(
        part if isinstance(part, str) else to_text(part, charset or "utf-8")
        for part, charset in parts
    )


def _id(message: Message) -> str:
    """Return its Message-ID where one can be answered to."""
    said = _head(message, "Message-ID").strip()
    fits = re.fullmatch(r"<[^\s<>@]{1,200}@[^\s<>@]{1,200}>", said)
    return said if fits and said.isascii() else ""


def _answers(message: Message) -> tuple[str, ...]:
    said = f"{_head(message, 'In-Reply-To')} {_head(message, 'References')}"
    return tuple(dict.fromkeys(_OURS.findall(said)))[:MOST_ANSWERED]


def _machine(message: Message, sender: str, own: str) -> str:
    """Return for which reason a mail is taken for one that a machine wrote, or ""."""
    if sender.lower() == own.lower():
        return "own"
    local = sender.partition("@")[0].lower()
    bounced = _head(message, "Return-Path").strip() == "<>" or local in MACHINES[:2]
    if bounced or _type(message) == "multipart/report":
        return "bounce"
    automatic = _head(message, "Auto-Submitted").partition(";")[0].strip().lower()
    by_itself = any(_head(message, name) for name in ("X-Autoreply", "X-Autorespond"))
    if automatic not in ("", "no") or by_itself or local in MACHINES:
        return "automatic"
    precedence = _head(message, "Precedence").strip().lower()
    listed = any(_head(message, name) for name in ("List-Id", "List-Unsubscribe"))
    return "list" if listed or precedence in GONE else ""


def _type(message: Message) -> str:
    return _head(message, "Content-Type").partition(";")[0].strip().lower() or "text/plain"


def _contents(message: Message) -> tuple[str, list[Upload], list[str]]:
    """Return the words of a mail, its files, and why others were not taken."""
    plain: list[str] = []
    hyper: list[str] = []
    files: list[Upload] = []
    refused: list[str] = []
    for part in _parts(message, 0):
        kind, is_file = _type(part), _is_file(part)
        if not is_file and kind == "text/plain":
            plain.append(_text(part))
        elif not is_file and kind == "text/html":
            hyper.append(words_of(_text(part)))
        elif content := _content(part, kind):
            _take(content, _file_name(part), files, refused)
    words = clean("\n\n".join(plain)) or clean("\n\n".join(hyper))
    return words[:LONGEST_WORDS], files, refused


def _parts(message: Message, depth: int) -> Iterator[Message]:
    """Yield the parts that hold something, not those of mails within.

    :raises Unreadable: too deep
    """
    if depth > DEEPEST:
        raise Unreadable("parts")
    inner = message.get_payload()
    if not isinstance(inner, list):
        yield message
    elif _type(message) != "message/rfc822":
        for part in inner:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)


def _is_file(part: Message) -> bool:
    disposition = _head(part, "Content-Disposition").partition(";")[0].strip().lower()
    return disposition == "attachment" or not _type(part).startswith("text/")


def _content(part: Message, kind: str) -> bytes:
    """Return what a file holds; nothing of what is no file of anybody's."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or kind in ("text/calendar", "application/ms-tnef"):
        return b""
    within = bool(_head(part, "Content-ID")) and kind.startswith("image/")
    return b"" if within and len(content) < SMALL else content


def _file_name(part: Message) -> str:
    try:
        return _decoded(part.get_filename() or "")[:LONGEST_SUBJECT]
    except Exception:  # noqa: BLE001  its name is written in a way nobody thought of
        return ""


def _take(content: bytes, name: str, files: list[Upload], refused: list[str]) -> None:
    if len(files) >= MOST_FILES:
        refused.append("")
        return
    try:
        files.append(tidy(BytesIO(content), name))
    except ValidationError as fault:
        refused.append(" ".join(fault.messages))


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    charset = _charset(part)
    return to_text(content, charset)[:LONGEST_WORDS] if isinstance(content, bytes) else ""


def _charset(part: Message) -> str:
    found = re.search(
        r'charset\s?=\s?"?([\w.:-]{1,40})', _head(part, "Content-Type"), re.IGNORECASE
    )
    return found[1] if found else ""


def to_text(content: bytes, charset: str) -> str:
    """Return text in the charset that is told, or in the first that fits."""
    said = charset.lower()
    for name in (WIDER.get(said, said), "utf-8", "gb18030"):
        try:
            return content.decode(name) if name else content.decode()
        except (LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")

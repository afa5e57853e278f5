"""The IMAP server of a mailbox: looked at without a mark being left, within bounds of time and size.

RFC 3501.  What the server says is a stranger's: no literal is longer than a mail may be.
"""

from __future__ import annotations

import imaplib
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from threading import Timer
from time import monotonic
from typing import Any

from gongzhi.base.post import NotPublic, connect

FOR_S = 50  # a whole round: below the half of a job's lease
TIMEOUT_S = 20  # each wait
MOST = 20  # mails of a round
MOST_BYTES = 25 * 1024 * 1024  # of one mail
MOST_OF_ROUND = 60 * 1024 * 1024
LONGEST_LITERAL = MOST_BYTES + 1024
HEADS = "BODY.PEEK[HEADER]"
MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_UID = re.compile(rb"UID (\d{1,12})")


class Fault(Exception):  # noqa: N818  an answer of the server, told to who looks after it
    """Why a mailbox could not be read, as one of `models.Mailbox.Fault`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Where:
    """Where a mailbox is, and by what it is opened."""

    host: str
    port: int
    tls: bool
    folder: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be marked in the mailbox: as read, or for somebody to look at."""

    uid: int
    flag: str


@dataclass(frozen=True, slots=True)
class Got:
    """A mail as it came; of one that is too large the heads alone."""

    uid: int
    raw: bytes
    is_whole: bool = True


@dataclass(slots=True)
class Round:
    """What a look at a mailbox brought: ``last_uid`` is how far it went, ``marked`` what was marked."""

    validity: str
    last_uid: int
    got: list[Got] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)


class _Line(imaplib.IMAP4):
    """A connection whose way is guarded, and whose literals are bounded."""

    def __init__(self, where: Where, ends: float) -> None:
        self._where, self._ends = where, ends
        super().__init__(where.host, where.port, TIMEOUT_S)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        line = connect(self._where.host, self._where.port, tls=self._where.tls, ends=self._ends)
        line.settimeout(timeout)
        return line

    def read(self, size: int) -> bytes:
        """Read a literal.

        :raises Fault: longer than any mail may be
        """
        if size > LONGEST_LITERAL:
            raise Fault("speech")
        return super().read(size)


@contextmanager
def _opened(where: Where) -> Iterator[_Line]:
    """Open the folder of a mailbox.

    :raises Fault: it cannot be
    """
    ends = monotonic() + FOR_S
    try:
        line = _Line(where, ends)
        late = Timer(max(0.0, ends - monotonic()), _hang_up, [line.sock])
        late.start()
        try:
            _log_in(line, where)
            yield line
        finally:
            late.cancel()
            with suppress(OSError, imaplib.IMAP4.error):
                line.logout()
            with suppress(OSError):  # where it did not take leave
                line.shutdown()
    except NotPublic as fault:
        raise Fault("private") from fault
    except (OSError, imaplib.IMAP4.abort) as fault:  # it hung up, or was too slow
        raise Fault("network") from fault
    except (imaplib.IMAP4.error, ValueError, IndexError, TypeError) as fault:
        raise Fault("speech") from fault


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # it has ended meanwhile
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _log_in(line: _Line, where: Where) -> None:
    try:
        line.login(where.user, where.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as fault:
        raise Fault("login") from fault
    if "ID" in line.capabilities:  # some servers open folders only to who says what it is
        with suppress(imaplib.IMAP4.abort, imaplib.IMAP4.error):
            line.xatom("ID", '("name" "Gongzhi")')


def look(
    where: Where, *, validity: str, last_uid: int, since: date, marks: Sequence[Mark] = ()
) -> Round:
    """Return the mails after ``last_uid``, the earliest first, and mark what is to be marked.

    Under another ``validity`` than the one that is known, those since a day: the caller knows by their
    ids which it has.  Without one, none: what lay there before is nobody's matter.

    :raises Fault: it cannot be read
    """
    with _opened(where) as line:
        found = Round(*_select(line, where.folder))
        if validity == found.validity:
            found.marked = [mark.uid for mark in marks if _mark(line, mark)]
            found.last_uid = last_uid
            uids = _search(line, f"UID {last_uid + 1}:*")
        elif validity:
            uids = _search(line, f"SINCE {since.day:02}-{MONTHS[since.month]}-{since.year}")
            last_uid = found.last_uid = 0
        else:
            return found
        _fetch(line, [uid for uid in uids if uid > last_uid], found)
        return found


def _select(line: _Line, folder: str) -> tuple[str, int]:
    """Return validity and last UID of a folder."""
    answer, _n = line.select(_quoted(folder))
    if answer != "OK":
        raise Fault("folder")
    validity = _said(line, "UIDVALIDITY")
    following = _said(line, "UIDNEXT")
    if not validity.isdecimal():
        raise Fault("speech")
    if following.isdecimal():
        return validity, int(following) - 1
    uids = _search(line, "ALL")
    return validity, max(uids, default=0)


def _quoted(folder: str) -> str:
    """Return the name of a folder as IMAP writes it: modified UTF-7 (RFC 3501, 5.1.3), in quotes."""
    plain = folder.replace("&", "&-").encode("utf-7").decode().replace("+", "&").replace("/", ",")
    name = folder if folder.isascii() else plain
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _said(line: _Line, name: str) -> str:
    _kind, found = line.response(name)
    return found[-1].decode("ascii", "replace") if found and found[-1] else ""


def _search(line: _Line, what: str) -> list[int]:
    answer, found = line.uid("SEARCH", what)
    if answer != "OK":
        raise Fault("speech")
    said = b" ".join(one for one in found if isinstance(one, bytes))
    return sorted({int(one) for one in said.split() if one.isdigit()})


def _mark(line: _Line, mark: Mark) -> bool:
    answer, _said = line.uid("STORE", str(mark.uid), "+FLAGS.SILENT", f"({mark.flag})")
    return answer == "OK"


def _fetch(line: _Line, uids: Sequence[int], found: Round) -> None:
    size_of_round = 0
    for uid in uids[:MOST]:
        size = _size(line, uid)
        whole = size <= MOST_BYTES
        if found.got and whole and size_of_round + size > MOST_OF_ROUND:
            return
        raw = _body(line, uid, "BODY.PEEK[]" if whole else f"{HEADS}<0.65536>")
        if raw:  # else it was deleted meanwhile
            size_of_round += len(raw)
            found.got.append(Got(uid, raw, whole))
        found.last_uid = uid


def _size(line: _Line, uid: int) -> int:
    _answer, said = line.uid("FETCH", str(uid), "(UID RFC822.SIZE)")
    for one in said or ():
        told = one if isinstance(one, bytes) else b""
        if (mine := _UID.search(told)) and int(mine[1]) == uid and (size := _SIZE.search(told)):
            return int(size[1])
    return 0


def _body(line: _Line, uid: int, what: str) -> bytes:
    answer, said = line.uid("FETCH", str(uid), f"(UID {what})")
    if answer != "OK":
        raise Fault("speech")
    parts: list[Any] = [one for one in said or () if isinstance(one, tuple)]
    return bytes(parts[0][1]) if parts else b""

"""A scanner for harmful files, asked over its own protocol: clamd's INSTREAM.

`clamd` reads a stream in pieces, each with its length before it, and answers "stream: OK" or
"stream: NAME FOUND" (man 8 clamd).
"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

PIECE = 64 * 1024
TIMEOUT_S = 30
LONGEST_REPLY = 4096


class ScannerAway(Exception):  # noqa: N818
    """The scanner did not answer, or said that it could not look."""


def found_in(content: bytes, scanner: str) -> str:
    """Return the name of what ``scanner`` (``clamd://host:port`` or ``clamd:///socket``) found, or "".

    :raises ScannerAway: it did not answer as it should
    """
    try:
        with _reach(scanner) as line:
            line.sendall(b"zINSTREAM\0")
            for at in range(0, len(content), PIECE):
                piece = content[at : at + PIECE]
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall(bytes(4))
            said = line.makefile("rb").read(LONGEST_REPLY).strip(b"\0\n ").decode(errors="replace")
    except OSError as fault:
        raise ScannerAway(str(fault)) from fault
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerAway(said[:200] or "no answer")


def _reach(scanner: str) -> socket.socket:
    parts = urlsplit(scanner)
    if parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or 3310), TIMEOUT_S)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(TIMEOUT_S)
    line.connect(parts.path)
    return line

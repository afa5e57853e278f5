"""The words of an HTML mail: nothing is loaded, nothing is run; one pass, whatever stands there.

Not by `html.parser`: what never ends (``<a <a <a``) takes it a time that grows with the square.
"""

from __future__ import annotations

import re
from html import unescape

LONGEST, LONGEST_TAG = 400_000, 500  # characters that are looked at
SILENT = {"head", "script", "style", "template", "title", "noscript"}
LINES = {
    *("address", "article", "blockquote", "br", "div", "dd", "dl", "dt", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"),
}
QUOTED = re.compile(
    r"gmail_quote|moz-cite-prefix|OutlookMessageHeader|ntes-mailmaster-quote|type=.?cite"
)
MUTE = (("<!--", "-->"), ("<!", ">"), ("<?", ">"))
_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]{0,30})")
_BLANKS, _MANY_LINES = re.compile("[ \t\r\n\u00a0]+"), re.compile("\n{3,}")


def words_of(html: str) -> str:
    """Return the words that somebody sees, without what is quoted in a reply."""
    plain = html[:LONGEST]
    for begins, ends in MUTE:
        plain = _without(plain, begins, ends)
    first, *pieces = plain.split("<")
    said, silent = [first], ""
    for piece in pieces:
        tag = _TAG.match(piece)
        inside, sign, words = piece.partition(">")
        if tag is None:
            said.append("" if silent else f"<{piece}")
            continue
        name = tag[2].lower()
        if silent:  # of what is not to be read only its end counts
            silent = "" if tag[1] and name == silent else silent
        elif name in SILENT and not tag[1] and sign:
            silent = name
        if QUOTED.search(inside[:LONGEST_TAG]):
            break  # all that follows was written before
        said += ["\0" if name in LINES else "", "" if silent else words]
    return _tidied("".join(said))


def _without(html: str, begins: str, ends: str) -> str:
    """Return ``html`` without what stands between marks; what never ends is left out."""
    first, *rest = html.split(begins)
    return "".join([first, *(part.partition(ends)[2] for part in rest)])


def _tidied(said: str) -> str:
    """Return words as lines: a zero ends one, all other blanks are one."""
    lines = [_BLANKS.sub(" ", unescape(line)).strip() for line in said.split("\0")]
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()

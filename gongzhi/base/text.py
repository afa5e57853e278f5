"""Text from strangers: cleaned, shortened, cut into bigrams; all in linear time."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

# Controls and the marks that turn the direction of text around: they hide what is written.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_WORD = re.compile(r"[㐀-鿿豈-﫿]+|[a-z0-9]+")


def clean(text: str) -> str:
    """Return ``text`` in NFC with one kind of line end and without hidden characters."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _HIDDEN.sub("", plain).strip()


def first_line(text: str, length: int) -> str:
    """Return the first sentence or line of ``text``, at most ``length`` characters."""
    line = re.split(r"[\n。！？!?]", text.strip()[: length * 2], maxsplit=1)[0].strip()
    line = line or text.strip()[:length]
    return line if len(line) <= length else line[: length - 1] + "…"


def bigrams(text: str) -> str:
    """Return the search words of ``text``, parted by blanks, each once.

    A run of Chinese characters gives its single characters and pairs; a Latin word or a number
    stays whole.  The same cut serves what is stored and what is sought.
    """
    found: dict[str, None] = {}
    for run in _WORD.findall(text.lower()):
        if run[0] < "\u3400":
            found[run] = None
        else:
            found.update(dict.fromkeys(run))
            found.update(dict.fromkeys(map("".join, pairwise(run))))
    return " ".join(found)


def sought(text: str) -> list[str]:
    """Return the words that a search for ``text`` must all find: pairs where there are pairs."""
    words: dict[str, None] = {}
    for run in _WORD.findall(text.lower()):
        pairs = [run] if run[0] < "\u3400" or len(run) == 1 else [a + b for a, b in pairwise(run)]
        words.update(dict.fromkeys(pairs))
    return list(words)

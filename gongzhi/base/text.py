"""Text from strangers: cleaned, shortened, cut into bigrams; all in linear time."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

# Controls and the marks that turn the direction of text around: they hide what is written.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"([{_HAN}]+)|([^\\W_{_HAN}]+)")
# What tells who somebody is: addresses for mail, and numbers as long as those of telephones and papers.
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")
_LONG_NUMBER = re.compile(r"1\d\d[ -]\d{4}[ -]\d{4}|\d{7,}[Xx]?")
_MANY = re.compile("(?:(?<=[sxz])es|(?<=[cs]h)es|(?<=[^su])s)$")
LONGEST_WORD = 40  # of what is indexed; a longer one is cut
SHORTEST_BEGINNING = 2  # letters that already find the words they begin
SHORTEST_WORD = 4  # letters of an English word that is taken for whole
SHORTEST_NUMBER = 4  # digits that do: most numbers begin with the year


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

    A run of Chinese characters gives its pairs and its last character; any other word or number
    stays whole, in small letters, an English word as one of what it names many of.  Mail addresses
    and long numbers are left out: they tell who somebody is, and nobody is searched for.
    """
    found: dict[str, None] = {}
    for han, word in _runs(text):
        if han:
            found.update(dict.fromkeys(map("".join, pairwise(han))))
            found[han[-1]] = None
        else:
            found[_one(word[:LONGEST_WORD])] = None
    return " ".join(found)


def sought(text: str) -> list[str]:
    """Return what the search words of a text that ``text`` finds must all hold.

    A pair stands for itself, and so does an English word, whether it names one or many.  With "*" at
    its end a word stands for all that begin with it: a single Chinese character, a few letters, the
    beginning of a number.  (All the words that begin with one are merged before the first is found:
    what an English word finds would take the longer the more there is.)
    """
    words: dict[str, None] = {}
    for han, word in _runs(text):
        if len(han) > 1:
            words.update(dict.fromkeys(map("".join, pairwise(han))))
        elif len(word) >= SHORTEST_WORD and word.isascii() and word.isalpha():
            words[_one(word[:LONGEST_WORD])] = None
        elif han or len(word) >= (SHORTEST_NUMBER if word.isdecimal() else SHORTEST_BEGINNING):
            words[(han or word)[:LONGEST_WORD] + "*"] = None
        else:
            words[word] = None
    return list(words)


def _one(word: str) -> str:
    """Return the English ``word`` for one where it says many: “lamps” and “lamp” are one word."""
    if (
        len(word) < SHORTEST_WORD
        or not word.endswith("s")
        or not (word.isascii() and word.isalpha())
    ):
        return word
    return word[:-3] + "y" if word.endswith("ies") else _MANY.sub("", word)


def _runs(text: str) -> list[tuple[str, str]]:
    """Return the runs of Chinese characters and the other words, each in its half of a pair."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if "@" in plain:
        plain = _ADDRESS.sub(" ", plain)
    return _WORD.findall(_LONG_NUMBER.sub(" ", plain))

"""A catalogue of data as DCAT-AP 3: the vocabulary that European data portals harvest.  Pure.

Source: https://semiceu.github.io/DCAT-AP/releases/3.0.1/ ; codes of themes, frequencies, access rights,
file types and licences are those of the Publications Office of the EU.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TYPES = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}


@dataclass(frozen=True, slots=True)
class Agent:
    """An office, never a person; ``key`` is its address."""

    key: str
    name_zh: str
    name_en: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Where data is to be had; ``ending`` is one of `FILES`, or empty where it is not known."""

    address: str
    name_zh: str
    name_en: str
    ending: str
    licence: str
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Set:
    """A data set; titles and descriptions in Chinese and English, the latter perhaps empty."""

    key: str
    page: str
    code: str
    title: tuple[str, str]
    description: tuple[str, str]
    office: Agent
    theme: str
    period: str
    access: str
    issued: date | None
    modified: date
    begins: date | None
    ends: date | None
    ground: str
    origin: str
    version: str
    keywords: list[str]
    files: list[File]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is told; ``home`` is the page for people."""

    home: str
    publisher: Agent
    licence: str
    sets: list[Set]


def written(catalogue: Catalogue, ending: str) -> bytes:
    """Return a catalogue as a file that ends so: one of `TYPES`.

    What writes graphs is loaded by the first who asks: most processes never do.
    """
    from gongzhi.sharing.dcat import graphs

    return graphs.written(catalogue, ending)

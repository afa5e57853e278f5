"""A folder that can be checked for decades: BagIt 1.0 (RFC 8493).  Pure.

A bag is a mapping of paths to bytes.  `bag` makes one, `faults` says what is wrong with one (it reads
0.97 too), `zipped` and `unzipped` turn it into one file and back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Bag = Mapping[str, bytes]

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
DECLARED = re.compile(
    r"BagIt-Version: (\d+)\.(\d+)\r?\n"
    r"Tag-File-Character-Encoding: (\S+)\s*"
)
MANIFEST = re.compile(r"(tag)?manifest-(\w+)\.txt")
LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(.+)", re.DOTALL)
OXUM = re.compile(r"^Payload-Oxum\s*:\s*(\d+)\.(\d+)\s*$", re.MULTILINE | re.IGNORECASE)
LAW_OF_ONE = (1, 0)  # since this version every manifest lists every file, and each once
SAME_DATE = (1980, 1, 1, 0, 0, 0)


def bag(payload: Bag, info: Mapping[str, str], *, on: date) -> dict[str, bytes]:
    """Return ``payload`` (paths below data/) as a bag, with ``info`` about it, packed on a day."""
    files = {f"data/{path}": content for path, content in payload.items()}
    oxum = f"{sum(map(len, files.values()))}.{len(files)}"
    about = {**info, "Bagging-Date": on.isoformat(), "Payload-Oxum": oxum}
    tags = {
        "bagit.txt": DECLARATION.encode(),
        "bag-info.txt": "".join(f"{name}: {value}\n" for name, value in about.items()).encode(),
        "manifest-sha256.txt": _manifest(files),
    }
    return files | tags | {"tagmanifest-sha256.txt": _manifest(tags)}


def _manifest(files: Bag) -> bytes:
    lines = (
        f"{hashlib.sha256(content).hexdigest()}  {_escaped(path)}\n"
        for path, content in sorted(files.items())
    )
    return "".join(lines).encode()


def _escaped(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _plain(path: str, version: tuple[int, int]) -> str:
    said = re.sub("%0a", "\n", path, flags=re.IGNORECASE)
    said = re.sub("%0d", "\r", said, flags=re.IGNORECASE)
    said = said.replace("%25", "%") if version >= LAW_OF_ONE else said
    return said.removeprefix("./")


def faults(found: Bag) -> list[str]:
    """Return what is wrong with a bag, one line each; none where it is complete and unchanged."""
    declared = DECLARED.fullmatch(found.get("bagit.txt", b"").decode("utf-8", "replace"))
    if not declared:
        return ["bagit.txt: not the two lines of a declaration"]
    version = (int(declared[1]), int(declared[2]))
    if version not in ((0, 97), (1, 0)):
        return ["bagit.txt: unknown version"]
    manifests = {path: MANIFEST.fullmatch(path) for path in found}
    named = {path: match for path, match in manifests.items() if match}
    wrong = list(_oxum(found, declared[3]))
    if not any(match[1] is None for match in named.values()):
        wrong.append("no manifest of the payload")
    for path, match in sorted(named.items()):
        try:
            text = found[path].decode(declared[3])
            listed = dict(_listed(text, path, version, wrong))
            wrong += _compared(listed, found, match[2].lower(), path)
        except (LookupError, UnicodeError, ValueError) as fault:
            wrong.append(f"{path}: {fault}")
            continue
        if match[1] is None:
            wrong += _unlisted(listed, found, path)
    return wrong + list(_fetched(found, declared[3]))


def _listed(
    text: str, manifest: str, version: tuple[int, int], wrong: list[str]
) -> Iterator[tuple[str, str]]:
    """Yield path and digest of each line; say in ``wrong`` what cannot stand there."""
    seen: dict[str, str] = {}
    for line in filter(str.strip, text.lstrip("\ufeff").split("\n")):
        match = LINE.fullmatch(line.rstrip("\r"))
        if not match:
            raise ValueError("a line that is no digest and path")
        path, digest = _plain(match[2], version), match[1].lower()
        if not is_inside(path):
            wrong.append(f"{manifest}: {path} lies outside the bag")
            continue
        if path in seen and (version >= LAW_OF_ONE or seen[path] != digest):
            wrong.append(f"{manifest}: {path} is listed twice")
        seen[path] = digest
        yield path, digest


def is_inside(path: str) -> bool:
    """Return whether a path stays within the bag on every system."""
    parts = re.split(r"[/\\]", path)
    outside = path.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:", path)
    return (
        not outside and ".." not in parts and not any(p.startswith(("~", "%")) for p in parts[:1])
    )


def _compared(listed: Bag | Mapping[str, str], found: Bag, name: str, manifest: str) -> list[str]:
    wrong = []
    for path, digest in listed.items():
        if path not in found:
            wrong.append(f"{manifest}: {path} is missing")
        elif hashlib.new(name, found[path], usedforsecurity=False).hexdigest() != digest:
            wrong.append(f"{manifest}: {path} was changed")
    return wrong


def _unlisted(listed: Mapping[str, str], found: Bag, manifest: str) -> list[str]:
    payload = (path for path in found if path.startswith("data/"))
    return [f"{manifest}: {path} is not listed" for path in sorted(payload) if path not in listed]


def _oxum(found: Bag, encoding: str) -> Iterator[str]:
    """Check how many bytes and files there are, where bag-info.txt says it."""
    said = OXUM.search(found.get("bag-info.txt", b"").decode(encoding, "replace"))
    sizes = [len(content) for path, content in found.items() if path.startswith("data/")]
    if said and (int(said[1]), int(said[2])) != (sum(sizes), len(sizes)):
        yield "bag-info.txt: another number of bytes or files"


def _fetched(found: Bag, encoding: str) -> Iterator[str]:
    """Refuse a list of files to be fetched that would be written outside the bag."""
    for line in found.get("fetch.txt", b"").decode(encoding, "replace").splitlines():
        path = line.split(maxsplit=2)[-1] if line.strip() else ""
        if path and not is_inside(path):
            yield f"fetch.txt: {path} lies outside the bag"


def zipped(name: str, content: Bag) -> bytes:
    """Return a bag as a ZIP with one folder called ``name``; the same bag is the same file."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as file:
        for path, part in sorted(content.items()):
            entry = ZipInfo(f"{name}/{path}", SAME_DATE)
            entry.compress_type = ZIP_DEFLATED
            file.writestr(entry, part)
    return made.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    """Return the bag that a ZIP holds.

    :raises BadZipFile: none, or its own checksums are wrong
    """
    with ZipFile(BytesIO(content)) as file:
        names = [entry.filename for entry in file.infolist() if not entry.is_dir()]
        return {name.partition("/")[2]: file.read(name) for name in names}

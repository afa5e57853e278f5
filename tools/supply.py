"""What the program is made of: ``python -m tools.supply sbom``, ``licences``, ``weaknesses FILE``.

``sbom`` prints a CycloneDX 1.6 document of the pinned requirements and the copied libraries; ``sbom dev`` with
those of tests too. ``licences`` prints the licence of everything installed. ``weaknesses FILE`` compares the pins
with an export of the OSV database (a ZIP of its JSON records, such as it offers for PyPI and npm), without a network;
it ends with an error where something is affected.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

import gongzhi
from tools.vendor import MANIFEST

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)(?: ; ([^\\]+?))? \\\n((?:    --hash=.*\n?)+)",
    re.MULTILINE,
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# What packages that name no SPDX expression say instead.
CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "Artistic License": "Artistic-1.0-Perl",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# Read in the package itself, where its metadata say nothing a program can read.
READ = {"axe-playwright-python": "MIT", "kubernetes-validate": "Apache-2.0"}
NPM = {"htmx": "htmx.org", "leaflet": "leaflet", "qr": "qr", "tabler": "@tabler/icons"}


@dataclass(frozen=True, slots=True)
class Part:
    """One library at one version; ``marker`` says on which machines, ``hashes`` (SHA-256) of its files."""

    ecosystem: str
    name: str
    version: str
    licence: str = ""
    marker: str = ""
    hashes: tuple[str, ...] = ()

    @property
    def purl(self) -> str:
        """Return its package URL."""
        scope = {"PyPI": "pypi", "npm": "npm"}[self.ecosystem]
        return f"pkg:{scope}/{self.name.replace('@', '%40')}@{self.version}"


def pinned(kind: str) -> list[Part]:
    """Return what ``requirements/<kind>.txt`` pins, in its order."""
    text = (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8")
    known = licences()
    return [
        Part("PyPI", name, version, known.get(name, ""), marker or "", tuple(HASH.findall(hashes)))
        for name, version, marker, hashes in (
            (canonicalize_name(n), v, m, h) for n, v, m, h in PIN.findall(text)
        )
    ]


def copied() -> list[Part]:
    """Return the libraries that are copied into the repository."""
    known = json.loads(MANIFEST.read_text(encoding="utf-8"))
    made = []
    for folder, said in known["versions"].items():
        version, _, licence = said.partition(" ")
        sums = tuple(s for file, s in known["sha256"].items() if file.startswith(f"{folder}/"))
        made.append(Part("npm", NPM[folder], version, licence.strip("()"), hashes=sums))
    return made


def licence(of: Distribution) -> str:
    """Return the licence of an installed package as an SPDX expression; empty where it says none."""
    for field in ("License-Expression", "License"):
        try:
            return canonicalize_license_expression((of.metadata.get_all(field) or [""])[0])
        except InvalidLicenseExpression:
            continue
    ends = [one.rpartition(" :: ")[2] for one in of.metadata.get_all("Classifier") or ()]
    told = dict.fromkeys(CLASSIFIED[end] for end in ends if end in CLASSIFIED)
    return " OR ".join(told) or READ.get(canonicalize_name(of.name), "")


def licences() -> dict[str, str]:
    """Return the licence of each installed package by its name."""
    return {canonicalize_name(one.name): licence(one) for one in distributions()}


def sbom(kind: str = "run") -> dict[str, Any]:
    """Return a CycloneDX 1.6 document of what is pinned and copied, the same for the same pins."""
    parts = [*pinned(kind), *copied()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "gongzhi",
                "name": "gongzhi",
                "version": gongzhi.__version__,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [_component(part) for part in parts],
        "dependencies": [{"ref": "gongzhi", "dependsOn": [part.purl for part in parts]}],
    }


def _component(part: Part) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
    }
    if part.licence:
        made["licenses"] = [{"expression": part.licence}]
    if part.marker:
        made["properties"] = [{"name": "gongzhi:marker", "value": part.marker}]
    if part.ecosystem == "PyPI":  # one of these files is installed, by machine and Python
        files = [{"alg": "SHA-256", "content": one} for one in part.hashes]
        made["externalReferences"] = [{"type": "distribution", "url": part.purl, "hashes": files}]
    return made


# --- Known weaknesses.


def weaknesses(records: Iterable[dict[str, Any]], parts: Iterable[Part]) -> list[str]:
    """Return a line for each record of the OSV schema that affects one of ``parts``."""
    known: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        known.setdefault((part.ecosystem, part.name), []).append(part)
    found = []
    for record in records:
        for affected in () if record.get("withdrawn") else record.get("affected", ()):
            package = affected.get("package", {})
            name = package.get("name", "")
            name = canonicalize_name(name) if package.get("ecosystem") == "PyPI" else name
            found += [
                f"{part.name} {part.version}: {record['id']} {record.get('summary', '')}".strip()
                for part in known.get((package.get("ecosystem", ""), name), ())
                if _affects(affected, part.version)
            ]
    return sorted(set(found))


def _affects(affected: dict[str, Any], version: str) -> bool:
    if version in affected.get("versions", ()):
        return True
    spans = (span for span in affected.get("ranges", ()) if span.get("type") != "GIT")
    return any(_within(span.get("events", ()), version) for span in spans)


def _within(events: Iterable[dict[str, str]], version: str) -> bool:
    """Return whether ``version`` lies in a range, as the OSV schema reckons it: events in order of version."""
    here, inside = _order(version), False
    said = [(_order(value), kind) for event in events for kind, value in event.items()]
    for at, kind in sorted(said, key=lambda event: event[0]):
        if kind == "introduced" and here >= at:
            inside = True
        elif (kind == "fixed" and here >= at) or (kind == "last_affected" and here > at):
            inside = False
    return inside


def _order(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:  # versions of another kind: none of ours is before it
        return Version("0")


def records(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of an export of the OSV database."""
    with ZipFile(file) as packed:
        for name in packed.namelist():
            if name.endswith(".json"):
                yield json.loads(packed.read(name))


def exports() -> list[Path]:
    """Return the exports that the environment names."""
    return [Path(file) for file in os.environ.get("GONGZHI_OSV", "").split(",") if file]


def main(args: list[str]) -> int:
    """Do what was asked; return how the program ends."""
    match args:
        case ["sbom", *kind]:
            print(json.dumps(sbom(*kind), indent=2))
        case ["licences"]:
            for name, said in sorted(licences().items()):
                print(f"{name:40} {said}")
        case ["weaknesses", *named] if files := [*map(Path, named), *exports()]:
            parts = [*pinned("dev"), *copied()]
            found = weaknesses((r for file in files for r in records(file)), parts)
            print("\n".join(found) or f"None of {len(parts)} libraries is affected.")
            return len(found) > 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

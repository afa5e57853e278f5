"""Rebuild what `gongzhi/base/static/base/vendor` holds.

The folder is committed, so nobody needs this to install or run Gongzhi. To add an icon, write its Tabler name
into `vendor/tabler/icons.txt`, unpack the npm package `@tabler/icons` (the version in `manifest.json`) and run

    npm pack @tabler/icons@3.51.0 && tar xzf tabler-icons-3.51.0.tgz
    python tools/vendor.py icons package

`qr/qr.min.js` is the reader of the npm package `qr`, bundled with its tables:

    npm pack qr@0.7.0 && tar xzf qr-0.7.0.tgz
    npx esbuild@0.25.12 package/decode.js --bundle --minify --format=esm --outfile=qr.min.js

To renew the checksums after replacing a library by a newer one: `python tools/vendor.py manifest`.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "gongzhi" / "base" / "static" / "base" / "vendor"
MANIFEST = VENDOR / "manifest.json"
SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>")


def symbol(name: str, svg: str) -> str:
    """Return one icon as a symbol, without the invisible frame that Tabler draws first."""
    shapes = [shape for shape in SHAPE.findall(svg) if 'stroke="none"' not in shape]
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>'


def icons(package: Path) -> None:
    """Write the sprite with the icons that `icons.txt` lists."""
    names = (VENDOR / "tabler" / "icons.txt").read_text().split()
    symbols = [
        symbol(name, (package / "icons" / "outline" / f"{name}.svg").read_text()) for name in names
    ]
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (VENDOR / "tabler" / "icons.svg").write_text(sprite)


def manifest() -> None:
    """Write the checksum of every vendored file, keeping the versions that stand in the manifest."""
    versions = json.loads(MANIFEST.read_text())["versions"]
    files = sorted(path for path in VENDOR.rglob("*") if path.is_file() and path != MANIFEST)
    sums = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    MANIFEST.write_text(json.dumps({"versions": versions, "sha256": sums}, indent=2) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["icons"]:
        icons(Path(sys.argv[2]))
    manifest()

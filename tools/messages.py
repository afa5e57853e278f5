"""Translations: ``compile`` makes .mo of every newer .po, ``collect`` renews .po from the code.

``python -m tools.messages compile`` needs only Babel; ``collect [APP …]`` needs GNU gettext.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
FILES = "locale/zh_Hans/LC_MESSAGES/django.po"
KEYWORDS = (
    "gettext_lazy",
    "gettext_noop",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "pgettext_lazy:1c,2",
    "npgettext:1c,2,3",
    "npgettext_lazy:1c,2,3",
)


def compile_messages() -> list[Path]:
    """Write the .mo of every .po that is newer; return those written.

    A .mo appears whole or not at all: tests that run side by side may read it.
    """
    written = []
    for po in sorted(ROOT.glob(f"gongzhi/*/{FILES}")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        draft = mo.with_suffix(f".{os.getpid()}")
        with po.open("rb") as source, draft.open("wb") as target:
            write_mo(target, read_po(source, locale="zh_Hans_CN", abort_invalid=True))
        draft.replace(mo)
        written.append(mo)
    return written


def translations() -> Iterator[tuple[str, str]]:
    """Yield (English, Chinese) of every message of our apps that is fully translated."""
    for po in sorted(ROOT.glob(f"gongzhi/*/{FILES}")):
        for message in read_po(BytesIO(po.read_bytes()), locale="zh_Hans_CN"):
            said = key(None, message.string or "")
            if message.id and said.strip(" |") and not message.fuzzy:
                yield key(message.context, message.id), said


def extract(app: str) -> set[str]:
    """Return the English messages in an app's code and templates; needs xgettext."""
    from django.utils.translation.template import templatize

    folder = ROOT / app.replace(".", "/")
    files = [f for f in folder.rglob("*.py") if "tests" not in f.relative_to(folder).parts]
    with TemporaryDirectory() as drafts:
        for n, template in enumerate(sorted(folder.rglob("templates/**/*.html"))):
            files.append(Path(drafts) / f"{n}.py")
            source = templatize(template.read_text(encoding="utf-8"), origin=str(template))
            files[-1].write_text(source, encoding="utf-8")
        command = ["xgettext", "--from-code=UTF-8", "--language=Python", "--output=-"]
        command += [f"--keyword={word}" for word in KEYWORDS]
        found = subprocess.run([*command, *map(str, files)], capture_output=True, check=True)
    if not found.stdout:
        return set()
    filled = found.stdout.replace(b"CHARSET", b"UTF-8", 1)
    filled = filled.replace(b"nplurals=INTEGER; plural=EXPRESSION", b"nplurals=2; plural=(n != 1)")
    catalog = read_po(BytesIO(filled))
    return {key(message.context, message.id) for message in catalog if message.id}


def key(context: str | None, message: str | Sequence[str]) -> str:
    """Return a message with its context and plural as one text."""
    forms = [message] if isinstance(message, str) else list(message)
    return " | ".join([*([context] if context else []), *forms])


def collect(apps: list[str]) -> None:
    """Renew each app's .po from its code: new messages come in empty, unused ones go."""
    for app in apps or sorted(path.parent.name for path in ROOT.glob("gongzhi/*/apps.py")):
        folder = ROOT / "gongzhi" / app
        (folder / "locale").mkdir(exist_ok=True)
        command = [sys.executable, "-m", "django", "makemessages", "--locale=zh_Hans"]
        command += ["--no-obsolete", "--no-wrap", "--add-location=file", "--ignore=tests/*"]
        subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["compile"]:
            compile_messages()
        case ["collect", *names]:
            collect(names)
        case _:
            sys.exit(__doc__)

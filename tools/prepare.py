"""Bring this installation up to date before it starts, in one process.

Translations, secrets, tables, reference data, the demo of a new database, static files: each only
when needed.
"""

from __future__ import annotations

import filecmp
import hashlib
import json
import os
import shutil
import sys
from io import StringIO
from pathlib import Path

from tools.messages import compile_messages
from tools.setup import ROOT, say

MANIFEST = "staticfiles.json"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.site.settings")


def main() -> None:
    """Do everything that is needed, in order."""
    compile_messages()
    secrets()

    import django

    django.setup()
    database()
    static()


def secrets() -> None:
    """Make the secrets of a new installation."""
    from gongzhi.site.secrets import ensure_secrets

    var = Path(os.environ.get("GONGZHI_VAR") or ROOT / "var")
    named = os.environ.get("GONGZHI_SECRETS") or str(var / "secrets.json")
    if named != "test" and ensure_secrets(Path(named)):  # "test": the well-known ones
        say(
            f"已生成本机密钥：{var}/secrets.json。请备份它；丢失后，联系方式将无法解密。",
            f"Made this installation's secrets: {var}/secrets.json. Back it up: "
            "without it people's contacts stay unreadable.",
        )


def database() -> None:
    """Bring the tables up to date; fill a new database with reference data and the demo."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    # Only a database that we saw empty is ever filled with a demo, also after an interruption.
    begun = settings.VAR / "demo-unfinished"
    if not connection.introspection.table_names():
        begun.touch()
    call_command("migrate", verbosity=0)
    call_command("seed")
    if begun.exists():
        if os.environ.get("GONGZHI_DEMO", "1") != "0":
            say("正在生成演示区县的数据……", "Making the demo district …")
            call_command("demo", stdout=StringIO())  # who can sign in is said at the end
        begun.unlink()


def static() -> None:
    """Collect the static files when one has changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    files = (s.path(f) for finder in get_finders() for f, s in finder.list([]))
    print_of = hashlib.sha256()
    for file in sorted(files):
        state = Path(file).stat()
        print_of.update(f"{file} {state.st_size} {state.st_mtime_ns}\n".encode())
    stamp = settings.VAR / "static-stamp"
    if stamp.exists() and stamp.read_text() == print_of.hexdigest():
        return
    root = Path(settings.STATIC_ROOT)
    settings.STATIC_ROOT = settings.VAR / "static-new"  # nobody sees a half of it
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    lay(settings.STATIC_ROOT, root)
    stamp.write_text(print_of.hexdigest())


def lay(new: Path, root: Path) -> None:
    """Move the files of a release to those of the release before, which may still be served.

    What neither of the two names goes.  The manifest comes last: whoever reads it finds all it names.
    """
    kept = {root / name for name in manifest(root)}
    for file in sorted(new.rglob("*"), key=lambda file: file.name == MANIFEST):
        if file.is_dir():
            continue
        there = root / file.relative_to(new)
        kept.add(there)
        if there.exists() and filecmp.cmp(file, there, shallow=False):
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        file.replace(there)
    for file in root.rglob("*"):
        if file.is_file() and file not in kept and file.with_suffix("") not in kept:
            file.unlink()
    shutil.rmtree(new)


def manifest(root: Path) -> set[str]:
    """Return the names that the manifest in a folder of static files knows, plain and with hashes."""
    try:
        paths = json.loads((root / MANIFEST).read_text(encoding="utf-8"))["paths"]
    except FileNotFoundError:
        return set()
    return {*paths, *paths.values()}


def explained() -> None:
    """Do it; of a fault that the operator can cure print the sentence and not the trace."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db import OperationalError

    try:
        main()
    except (ImproperlyConfigured, CommandError) as fault:
        sys.exit(str(fault))
    except OperationalError as fault:
        say(
            f"数据库无法使用：{fault}请检查它是否在运行，以及 GONGZHI_DATABASE 是否正确。",
            "The database cannot be used. Check that it runs and that GONGZHI_DATABASE is right.",
        )
        sys.exit(1)


if __name__ == "__main__":
    try:
        explained()
    except KeyboardInterrupt:
        sys.exit(130)

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

MATTERS = 3000


class Command(BaseCommand):
    help = "Make a training copy in a folder of its own: invented people and matters only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a new folder")
        parser.add_argument("--matters", type=int, default=MATTERS, help="how many; 0 for none")

    def handle(self, *_args: Any, folder: Path, matters: int, **_options: Any) -> None:
        folder = folder.expanduser().resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            is_new = not any(folder.iterdir())
        except OSError as fault:
            raise CommandError(
                _("%(folder)s cannot be made or is no folder: name another.") % {"folder": folder}
            ) from fault
        if not is_new:
            raise CommandError(
                _("%(folder)s is not empty: name a new folder.") % {"folder": folder}
            )
        (folder / "training").touch()
        self._run(folder, "gongzhi.site.secrets", str(folder / "secrets.json"))
        self._run(folder, "gongzhi", "migrate", "--verbosity=0")
        self._run(folder, "gongzhi", "demo", f"--matters={matters}")
        self.stdout.write(_("The training copy is made. Start it beside the real one with:"))
        self.stdout.write(f"  GONGZHI_TRAINING=1 GONGZHI_VAR={folder} GONGZHI_PORT=8100 make run")

    def _run(self, folder: Path, module: str, *words: str) -> None:
        """Run a module of ours with nothing of this installation's settings."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("GONGZHI_")}
        env |= {
            "DJANGO_SETTINGS_MODULE": "gongzhi.site.settings",
            "GONGZHI_TRAINING": "1",
            "GONGZHI_VAR": str(folder),
        }
        done = subprocess.run([sys.executable, "-m", module, *words], env=env, check=False)
        if done.returncode:
            raise CommandError(
                _("The copy is not whole: remove %(folder)s and try again.") % {"folder": folder}
            )

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.audit.actors import SYSTEM
from gongzhi.upkeep import actions
from gongzhi.upkeep.dumps import DumpFailed


class Command(BaseCommand):
    help = "Write the database and all files into one sealed file, while people work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", type=Path, help="a new file, or a folder that is there")

    def handle(self, *_args: Any, to: Path, **_options: Any) -> None:
        at = now()
        try:
            made, manifest = actions.backup(to, by=SYSTEM, at=at)
            kept = actions.note(made, manifest, by=SYSTEM, at=at)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        except DumpFailed as fault:
            raise CommandError(str(fault)) from fault
        said = {"file": made, "size": kept.size, "rows": sum(manifest.counts.values())}
        self.stdout.write(
            _("%(file)s: %(size)s bytes, %(rows)s rows, %(files)s files.")
            % (said | {"files": manifest.files})
        )

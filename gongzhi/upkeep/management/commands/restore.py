from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.actions.erasing import LIST
from gongzhi.upkeep import actions
from gongzhi.upkeep.archives import ArchiveBad
from gongzhi.upkeep.dumps import DumpFailed


class Command(BaseCommand):
    help = "Put a backup back into an installation that holds nothing yet, and compare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what “backup” made")
        parser.add_argument("--check", action="store_true", help="only read it to its end")

    def handle(self, *_args: Any, file: Path, check: bool, **_options: Any) -> None:
        act = actions.inspect if check else actions.restore
        try:
            archive = act(file, by=SYSTEM, at=now())
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        except (ArchiveBad, DumpFailed) as fault:
            raise CommandError(str(fault)) from fault
        except OSError as fault:
            raise CommandError(
                _("%(file)s cannot be read or put back (%(why)s).")
                % {"file": file, "why": fault.strerror or fault}
            ) from fault
        holds = archive.manifest
        said = {"day": localtime(archive.made_at), "rows": sum(holds.counts.values())}
        self.stdout.write(
            _("The backup of %(day)s is whole: %(rows)s rows, %(files)s files.")
            % (said | {"files": holds.files})
        )
        if check:
            return
        self.stdout.write(_("It is restored: rows, histories and files are as they were."))
        if (settings.VAR / LIST).exists():
            call_command("erase_again", stdout=self.stdout)
        else:
            self.stdout.write(
                _(
                    "There is no list of what was erased since (%(file)s): put it there and run "
                    "“python -m gongzhi erase_again” before anybody else sees this."
                )
                % {"file": settings.VAR / LIST}
            )

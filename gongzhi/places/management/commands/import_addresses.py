from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongzhi.audit.actors import SYSTEM
from gongzhi.places.actions import import_addresses
from gongzhi.places.readers import read_addresses


class Command(BaseCommand):
    help = "Put the addresses of a CSV file in the place of the address library."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--crs", required=True, help="WGS84, CGCS2000, GCJ02, BD09 or EPSG:n")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            rows = read_addresses(options["file"], options["crs"])
            done = import_addresses(rows, by=SYSTEM, at=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for refusal in done.refused:
            where = {"number": refusal.number, "code": refusal.code, "why": refusal.sentence}
            self.stderr.write(_("Row %(number)s (%(code)s): %(why)s") % where)
        if done.refused:
            raise CommandError(_("Nothing was changed: put these rows right and import all again."))
        self.stdout.write(_("The library holds %(n)d addresses.") % {"n": done.n})

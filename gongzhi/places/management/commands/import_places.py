from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongzhi.audit.actors import SYSTEM
from gongzhi.places.actions import import_places
from gongzhi.places.readers import read_places


class Command(BaseCommand):
    help = "Import places with their boundaries from a GeoJSON, Shapefile or CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--crs", required=True, help="WGS84, CGCS2000, GCJ02, BD09 or EPSG:n")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            rows = read_places(options["file"], options["crs"])
            done = import_places(rows, by=SYSTEM, at=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for refusal in done.refused:
            where = {"number": refusal.number, "code": refusal.code, "why": refusal.sentence}
            self.stderr.write(_("Row %(number)s (%(code)s): %(why)s") % where)
        self.stdout.write(
            _("%(added)s added, %(changed)s changed, %(same)s as they were, %(refused)s refused.")
            % {
                "added": len(done.added),
                "changed": len(done.changed),
                "same": done.n_same,
                "refused": len(done.refused),
            }
        )

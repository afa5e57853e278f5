from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.actions import seed_china, seed_rules
from gongzhi.matters.actions import seed_catalogue, seed_phrases
from gongzhi.matters.actions.planting import found_offices, list_duties
from gongzhi.places.actions import load_levels
from gongzhi.places.models import Place


class Command(BaseCommand):
    help = (
        "Load the reference data: working days, levels of place, the catalogue, standard phrases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--offices",
            metavar="PLACE",
            help="also found the usual offices in this place, by code, and list their duties",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        at = timezone.now()
        seed_china(by=SYSTEM, at=at)
        seed_rules(by=SYSTEM, at=at)
        levels = load_levels(by=SYSTEM, at=at)
        kinds = seed_catalogue(by=SYSTEM, at=at)
        phrases = seed_phrases(by=SYSTEM, at=at)
        offices = self._offices(options["offices"]) if options["offices"] else 0
        if levels + kinds + phrases + offices:
            told = {"levels": levels, "kinds": kinds, "phrases": phrases, "offices": offices}
            said = _(
                "Added: %(levels)d levels of place, %(kinds)d kinds, %(phrases)d standard phrases, "
                "%(offices)d offices."
            )
            self.stdout.write(said % told)

    def _offices(self, code: str) -> int:
        place = Place.objects.select_related("level").filter(code=code).first()
        if place is None:
            raise CommandError(_("There is no place with the code “%(code)s”.") % {"code": code})
        at = timezone.now()
        founded = found_offices(place, by=SYSTEM, at=at)
        list_duties(place, by=SYSTEM, at=at)
        return founded

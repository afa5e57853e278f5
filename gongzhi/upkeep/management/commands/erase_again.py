from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.actions.erasing import LIST
from gongzhi.upkeep import actions


class Command(BaseCommand):
    help = "Erase again, after a backup was put back, what the list of erased matters names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("list", type=Path, nargs="?", default=settings.VAR / LIST)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            n = actions.erase_again(options["list"], by=SYSTEM, at=now())
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(_("Erased again: %(n)d.") % {"n": n})

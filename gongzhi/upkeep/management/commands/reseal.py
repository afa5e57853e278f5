from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.audit.actors import SYSTEM
from gongzhi.upkeep import actions


class Command(BaseCommand):
    help = "Seal anew, with the newest key and the cipher of the setting, what is sealed in tables."

    def handle(self, *_args: Any, **_options: Any) -> None:
        done, broken = actions.reseal(by=SYSTEM, at=now())
        self.stdout.write(_("Sealed anew: %(n)d.") % {"n": done})
        if broken:
            rows = "\n".join(broken)
            raise CommandError(_("No known key opens these rows:\n%(rows)s") % {"rows": rows})

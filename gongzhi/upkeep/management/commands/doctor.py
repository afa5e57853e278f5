from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.upkeep.checks import findings


class Command(BaseCommand):
    help = "Look at every part of this installation; say what is wrong and what to do."

    def handle(self, *_args: Any, **_options: Any) -> None:
        n = 0
        for one in findings(now()):
            n += not one.is_well
            self.stdout.write(f"{'✓' if one.is_well else '✗'} {one.name}: {one.said}")
            if not one.is_well:
                self.stdout.write(f"  → {one.cure}")
        if n:
            raise CommandError(_("Not well: %(n)d.") % {"n": n})
        self.stdout.write(_("All is well."))

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.rights import actions, queries


class Command(BaseCommand):
    help = "Erase what is over its time, as every night; with --dry-run only say what would go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="erase nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        at = now()
        if options["dry_run"]:
            found = queries.foreseen(at)
            print(
                f"would erase: contacts {found.contacts}, matters {found.words}; held {found.held}"
            )
            for matter in found.first:
                print(
                    f"{matter.number} {matter.kind_code} {matter.state} {matter.ended_at:%Y-%m-%d}"
                )
            return
        made = actions.sweep(by=SYSTEM, at=at)
        print(
            f"erased: contacts {made.contacts}, matters {made.matters}, looks {made.looks}; "
            f"held {made.held}; moved meanwhile {made.lost}"
        )

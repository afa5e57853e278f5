from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gongzhi.audit import chain
from gongzhi.audit.models import Entry
from gongzhi.upkeep import queries


class Command(BaseCommand):
    help = "Find every entry of the history that was changed, removed or put elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--digest", help="a digest that somebody kept: whether it still stands")
        parser.add_argument("--export", type=Path, help="a new folder, to be checked elsewhere")

    def handle(self, *_args: Any, digest: str | None, export: Path | None, **_options: Any) -> None:
        if export:
            self.export(export)
            return
        n = 0
        for n, fault in enumerate(queries.faults(), start=1):  # noqa: B007  counted
            self.stdout.write(fault)
        if digest and not queries.digests().filter(value=digest.strip().lower()).exists():
            n += 1
            self.stdout.write(_("The digest that you name is none of this installation's."))
        if n:
            raise CommandError(_("The history is not as it was written: faults: %(n)d.") % {"n": n})
        said = {"n": Entry.objects.count(), "days": queries.digests().count()}
        self.stdout.write(
            _("The history is whole: %(n)d entries, digests of %(days)d days.") % said
        )

    def export(self, folder: Path) -> None:
        """Write all entries, without words and names, and all digests with their heads."""
        try:
            folder.mkdir(parents=True)
        except OSError as fault:
            raise CommandError(
                _("%(folder)s is there already or cannot be made: name a new folder.")
                % {"folder": folder}
            ) from fault
        with (folder / "entries.jsonl").open("w", encoding="utf-8") as out:
            for one in queries.entries():
                row = dict(zip(queries.COLUMNS, one, strict=True))
                row |= {"at": chain.moment(one.at), "subject": one.subject.hex}
                row |= {"by_id": one.by_id and one.by_id.hex}
                kept = {name: row[name] for name in row if name not in ("told", "salt")}
                out.write(f"{chain.canonical(kept)}\n")
        days = []
        for made in queries.digests().order_by("day"):
            with default_storage.open(made.file.name or "") as file:
                (folder / f"{made.day}.heads").write_bytes(file.read())
            days.append({"day": f"{made.day}", "before": made.before, "value": made.value})
        (folder / "digests.json").write_text(json.dumps(days, indent=1), encoding="utf-8")
        self.stdout.write(_("Check it with: python gongzhi/audit/chain.py %(to)s") % {"to": folder})

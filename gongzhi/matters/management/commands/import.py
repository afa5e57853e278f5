from __future__ import annotations  # noqa: N999

from argparse import ArgumentParser
from pathlib import Path
from statistics import median
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.actions.catalogue import COLUMNS, import_catalogue
from gongzhi.matters.actions.duty_files import import_duties
from gongzhi.matters.actions.importing import SOON, Imported, import_messages
from gongzhi.matters.queries.duty_file import NEEDED
from gongzhi.matters.readers import columns, read_records, read_rows

MOST_REFUSALS = 50


class Command(BaseCommand):
    help = (
        "Import messages (with answers, if the file has them), places, kinds or duties from a file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["messages", "places", "catalogue", "duties"])
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map", default="", help="time=…,text=…,title=…,reply=…,reply_time=…,id=…"
        )
        parser.add_argument("--sheet", default="", help="of a workbook; without it, the first")
        parser.add_argument(
            "--encoding", default="", help="of a CSV file; without it, it is guessed"
        )
        parser.add_argument("--source", default="", help="what the file is known by; its name")
        parser.add_argument("--dry-run", action="store_true", help="say what would come of it")
        parser.add_argument("--crs", default="", help="of places: WGS84, CGCS2000, GCJ02, BD09 …")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["what"] == "places":
            call_command("import_places", options["file"], crs=options["crs"], stdout=self.stdout)
            return
        file: Path = options["file"]
        given = {"encoding": options["encoding"], "sheet": options["sheet"]}
        if options["what"] == "catalogue":
            self.catalogue(file, **given)
            return
        if options["what"] == "duties":
            self.duties(file, dry_run=options["dry_run"], **given)
            return
        try:
            rows = list(read_rows(file, columns(options["map"]), **given))
            with tqdm(total=len(rows), unit=_("rows"), disable=None, mininterval=0.5) as bar:
                made = import_messages(
                    rows,
                    source=options["source"] or file.name,
                    dry_run=options["dry_run"],
                    done=bar.update,
                    by=SYSTEM,
                    at=timezone.now(),
                )
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        self.tell(made)

    def catalogue(self, file: Path, **given: str) -> None:
        """List the kinds of a file, and print what came of it."""
        try:
            listed = import_catalogue(
                read_records(file, COLUMNS, **given), by=SYSTEM, at=timezone.now()
            )
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        for number, why in listed.refused:
            self.stderr.write(_("Row %(number)s: %(why)s") % {"number": number, "why": why})
        self.stdout.write(
            _("%(added)d editions added, %(same)d kinds as they were, %(refused)d rows refused.")
            % {"added": listed.n_added, "same": listed.n_same, "refused": len(listed.refused)}
        )

    def duties(self, file: Path, *, dry_run: bool, **given: str) -> None:
        """List the rows of a duty list, all or none, and print what came of it."""
        try:
            rows = read_records(file, NEEDED, **given)
            taken = import_duties(rows, dry_run=dry_run, by=SYSTEM, at=timezone.now())
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        for number, why in taken.refused:
            self.stderr.write(_("Row %(number)s: %(why)s") % {"number": number, "why": why})
        if taken.refused:
            raise CommandError(_("Nothing was listed: put these rows right and import all again."))
        self.stdout.write(
            _("Rows listed: %(added)d, ended: %(ended)d, as they were: %(same)d.")
            % {"added": taken.n_added, "ended": taken.n_ended, "same": taken.n_same}
        )

    def tell(self, made: Imported) -> None:
        """Print what came of it: refusals to the error stream, figures to the other."""
        for refusal in made.refused[:MOST_REFUSALS]:
            said = {"number": refusal.number, "why": refusal.sentence}
            self.stderr.write(_("Row %(number)s: %(why)s") % said)
        if len(made.refused) > MOST_REFUSALS:
            self.stderr.write(_("… and %(n)d more.") % {"n": len(made.refused) - MOST_REFUSALS})
        every = made.every_day()
        self.stdout.write(
            _("%(received)d received, %(known)d known before, %(refused)d refused.")
            % {"received": made.n_received, "known": made.n_known, "refused": len(made.refused)}
        )
        self.stdout.write(
            _(
                "%(answered)d answered, median %(median).1f days, %(share).1f %% within %(days)d days; "
                "%(late)d later than their kind's own limit."
            )
            % {
                "answered": len(every),
                "median": made.median_days(),
                "share": 100 * made.share_soon(),
                "days": SOON.days,
                "late": made.n_late,
            }
        )
        for topic, n in sorted(made.received.items(), key=lambda item: -item[1]):
            days = made.days.get(topic, [])
            soon = sum(d <= SOON.days for d in days)
            self.stdout.write(
                _(
                    "  %(topic)s: %(n)d received, %(soon)d in time, %(late)d late, median %(median).1f"
                )
                % {
                    "topic": topic,
                    "n": n,
                    "soon": soon,
                    "late": len(days) - soon,
                    "median": median(days or [0.0]),
                }
            )

"""The list of matters as a file without persons."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import CharField, F, Func, Max, Min
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.actions import note_export
from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Office, Staff
from gongzhi.matters import queries, rules, words
from gongzhi.matters.models import Matter

CHUNK = 2000
SPAN = timedelta(days=30)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Stamp(Func):
    """A time as text in the local zone, made by the database: objects would cost four times it.

    SQLite reads the zone of the process, which Django sets from ``TIME_ZONE``.
    """

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the text as SQLite makes it."""
        made = "strftime('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M', %(expressions)s, 'localtime')"
        return self.as_sql(compiler, connection, template=made, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the text as PostgreSQL makes it."""
        zone = settings.TIME_ZONE
        made = f"to_char(%(expressions)s AT TIME ZONE '{zone}', 'YYYY-MM-DD HH24:MI')"
        return self.as_sql(compiler, connection, template=made, **context)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


@require_safe
@staff_only  # type: ignore[arg-type]  # it streams
def export(request: SignedIn) -> HttpResponseBase:
    """Send the matters that the reader may see as CSV, without contacts or free text; recorded."""
    at = now()
    asked = {name: request.GET[name] for name in ("state", "kind") if request.GET.get(name)}
    note_export(request.user, verb="matters.export", facts=asked, by=request.staff, at=at)
    response = StreamingHttpResponse(
        _csv(request.staff, asked, localdate(at)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="matters-{localdate(at)}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _csv(to: Staff, asked: dict[str, str], on: date) -> Iterator[str]:
    writer = csv.writer(_Echo())
    labels = Labels(on)
    yield "\ufeff" + writer.writerow(head())  # so that spreadsheets read it as UTF-8
    line = writer.writerow
    for begins, ends in months_back():
        found = exported(to, asked).filter(received_at__gt=begins, received_at__lte=ends)
        rows = found.iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            yield "".join([line(labels.row(row)) for row in chunk])


def months_back() -> Iterator[tuple[datetime, datetime]]:
    """Yield spans of 30 days, the latest first, that hold every matter (one query).

    A span at a time, any database reads the rows in their order instead of sorting them all.
    """
    whole = Matter.objects.aggregate(first=Min("received_at"), last=Max("received_at"))
    ends = whole["last"]
    while ends and ends >= whole["first"]:
        yield ends - SPAN, ends
        ends -= SPAN


def head() -> list[str]:
    """Return the first line."""
    columns = (
        _("number"),
        _("kind"),
        _("place"),
        _("state"),
        _("urgent"),
        _("received"),
        _("to be answered by"),
    )
    return [*columns, _("answered"), _("ended at"), _("office")]


def exported(to: Staff, asked: dict[str, str]) -> Any:
    """Return rows of what ``to`` may see, the latest first."""
    where = {{"state": "state", "kind": "kind_code"}[name]: value for name, value in asked.items()}
    stamps = {
        f"{name}_on": Stamp(F(f"{name}_{end}"))
        for name, end in (("received", "at"), ("answer", "by"), ("answered", "at"), ("ended", "at"))
    }
    found = rules.visible(Matter.objects.filter(**where), to).order_by("-received_at", "-id")
    return found.annotate(**stamps).values_list(
        "number", "sealed", "kind_code", "chain", "state", "urgent", *stamps, "office__code"
    )


class Labels:
    """What the codes of a row are called, read once; no cell begins like a formula."""

    def __init__(self, on: date) -> None:
        """Read the names of kinds and offices: at most two queries."""
        named = queries.kind_names(on)
        self.kinds = {code: plain(name) for kinds in named.values() for code, name in kinds.items()}
        self.offices = {office.code: plain(office.name) for office in Office.objects.all()}
        self.states = {state: plain(str(label)) for state, label in words.LABELS.items()}
        self.yes = {True: _("urgent"), False: ""}

    def row(self, row: tuple[Any, ...]) -> tuple[str | None, ...]:
        """Return one line; of a sealed kind only number and state."""
        number, sealed, kind, chain, state, urgent, *stamps, office = row
        if sealed:
            return (number, "", "", self.states[state])
        place = chain.rstrip("/").rpartition("/")[2]
        return (
            number,
            self.kinds.get(kind) or plain(kind),
            place,
            self.states[state],
            self.yes[urgent],
            *stamps,
            self.offices.get(office or "", ""),
        )


def plain(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell

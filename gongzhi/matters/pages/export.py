"""The list of matters as a file without persons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import CharField, F, Func
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from xlsxwriter import Workbook

from gongzhi.accounts.actions import note_export
from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Office, Staff
from gongzhi.base.rows import chunks
from gongzhi.matters import queries, rules, words

CHUNK = 2000
MOST_ROWS = 1_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
END = "\r\n"
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


@require_safe
@staff_only  # type: ignore[arg-type]  # it streams
def export(request: SignedIn) -> HttpResponseBase:
    """Send the matters that the reader may see as CSV, without contacts or free text; recorded."""
    on, asked = localdate(now()), _asked(request)
    lines = _csv(request.staff, asked, on)
    return _file(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), on, "csv")


@require_safe
@staff_only  # type: ignore[arg-type]  # it streams
def ledger(request: SignedIn) -> HttpResponseBase:
    """Send the same list as a spreadsheet: of a month it is that month's ledger; recorded.

    :raises ValidationError: more rows than a spreadsheet holds
    """
    on, asked = localdate(now()), _asked(request)
    if exported(request.staff, asked).count() > MOST_ROWS:
        raise ValidationError(
            _("A spreadsheet holds at most a million rows: choose a month, or take the CSV file.")
        )
    kept = TemporaryFile()  # noqa: SIM115  the response closes it
    _write(kept, request.staff, asked, on)
    kept.seek(0)
    return _file(FileResponse(kept, content_type=XLSX), on, "xlsx")


def _asked(request: SignedIn) -> dict[str, str]:
    """Return what the reader narrows the list to, and record that they take it out.

    :raises ValidationError: the month is none
    """
    asked = {name: request.GET[name] for name in queries.NARROWS if request.GET.get(name)}
    if "month" in asked:
        queries.month_of(asked["month"])
    at = now()
    note_export(request.user, verb="matters.export", facts=asked, by=request.staff, at=at)
    return asked


def _file(response: HttpResponseBase, on: date, ending: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="matters-{on}.{ending}"'
    response["Cache-Control"] = "no-store"
    return response


def _csv(to: Staff, asked: dict[str, str], on: date) -> Iterator[str]:
    labels = Labels(on, quoted)
    yield "\ufeff" + ",".join(map(quoted, head())) + END  # so that spreadsheets read it as UTF-8
    for rows in _rows(to, asked):
        yield "".join([",".join(labels.row(row)) + END for row in rows])


def _write(file: IO[bytes], to: Staff, asked: dict[str, str], on: date) -> None:
    """Write the list as a spreadsheet, row by row: memory does not grow with it."""
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    page, bold, labels = book.add_worksheet(), book.add_format({"bold": True}), Labels(on, plain)
    page.freeze_panes(1, 0)
    page.set_column(0, len(head()) - 1, 18)
    page.write_row(0, 0, head(), bold)
    for n, row in enumerate(chain.from_iterable(_rows(to, asked)), start=1):
        page.write_row(n, 0, labels.row(row))
    book.close()


def _rows(to: Staff, asked: dict[str, str]) -> Iterator[list[tuple[Any, ...]]]:
    for begins, ends in queries.months_back():
        found = exported(to, asked).filter(received_at__gt=begins, received_at__lte=ends)
        yield from chunks(found, CHUNK)


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
    stamps = {
        f"{name}_on": Stamp(F(f"{name}_{end}"))
        for name, end in (("received", "at"), ("answer", "by"), ("answered", "at"), ("ended", "at"))
    }
    found = rules.visible(queries.narrowed(asked), to).order_by("-received_at", "-id")
    return found.annotate(**stamps).values_list(
        "number", "sealed", "kind_code", "chain", "state", "urgent", *stamps, "office"
    )


class Labels:
    """What the codes of a row are called, read once; no cell begins like a formula."""

    def __init__(self, on: date, cell: Callable[[str], str]) -> None:
        """Read the names of kinds and offices, made ready by ``cell``: at most two queries."""
        named, stored = queries.kind_names(on), Office._meta.pk.get_db_prep_value
        self.cell = cell
        self.kinds = {code: cell(name) for kinds in named.values() for code, name in kinds.items()}
        self.offices = {
            stored(office.pk, connection): cell(office.name) for office in Office.objects.all()
        }
        self.states = {state: cell(str(label)) for state, label in words.LABELS.items()}
        self.yes = {True: cell(_("urgent")), False: ""}

    def row(self, row: tuple[Any, ...]) -> tuple[str, ...]:
        """Return the cells of a row as the driver reads it; of a sealed kind only number and state.

        Numbers, codes of places and times need no quotes.
        """
        number, sealed, kind, path, state, urgent, received, due, answered, ended, office = row
        if sealed:
            return (number, "", "", self.states[state])
        return (
            number,
            self.kinds.get(kind) or self.cell(kind),
            path[:-1].rpartition("/")[2],
            self.states[state],
            self.yes[urgent],
            received,
            due or "",
            answered or "",
            ended or "",
            self.offices.get(office, ""),
        )


def plain(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def quoted(text: str) -> str:
    """Return such a cell as CSV: in quotes where it holds what ends a cell."""
    cell = plain(text)
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if any(char in cell for char in ',"\r\n') else cell

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.actions import note_export
from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.matters.queries import NARROWS, narrowed
from gongzhi.tables import actions, queries, rules
from gongzhi.tables.fields import Table, tables
from gongzhi.tables.forms import DropForm, SendForm
from gongzhi.tables.models import Drop, Run
from gongzhi.tables.queries import files
from gongzhi.tables.states import DROP, RUN

BOTH = ["GET", "HEAD", "POST"]
BLOCK = 1 << 16
BY_PROGRAM = {"check", "finish", "fail"}


def _shown(
    request: SignedIn, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Answer with a page among those of administrators, or for others by itself."""
    among = "manage/_page.html" if request.staff.is_administrator() else "base/desk.html"
    return render(request, f"tables/{template}.html", context | {"layout": among}, status=status)


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """List the tables, the latest files and the folders."""
    rules.check_open(request.staff)
    may_keep = rules.may_keep_drops(request.staff)
    context = {
        "tables": [
            (one, rules.may_send(request.staff, one), rules.may_get(request.staff, one))
            for one in tables().values()
            if rules.may_send(request.staff, one) or rules.may_get(request.staff, one)
        ],
        "runs": queries.runs(request.staff),
        "drops": queries.drops() if may_keep else [],
        "may_keep": may_keep,
    }
    return _shown(request, "index", context)


def _table(request: SignedIn, name: str) -> Table:
    """Return a table of which the reader may send files, or take them out.

    :raises Http404: there is none
    """
    table = tables().get(name)
    if table is None:
        raise Http404(_("There is no such table."))
    if not (rules.may_send(request.staff, table) or rules.may_get(request.staff, table)):
        raise PermissionDenied(_("You may neither send files of this table nor take them out."))
    return table


@require_http_methods(BOTH)
@staff_only
def table(request: SignedIn, name: str) -> HttpResponse:
    """Explain the columns of a table, give its files, and take one that is sent."""
    table = _table(request, name)
    form = SendForm(request.POST or None, request.FILES or None, table=table)
    if request.method == "POST" and form.is_valid():
        try:
            run = _send(request, table, form.cleaned_data)
        except ValidationError as fault:
            tell(form, fault)
        else:
            return redirect("tables:run", run.pk)
    context = {
        "table": table,
        "form": form if rules.may_send(request.staff, table) else None,
        "may_get": rules.may_get(request.staff, table),
        "is_whole": name in actions.ALL_OR_NONE,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return _shown(request, "table", context, status)


def _send(request: SignedIn, table: Table, said: dict[str, Any]) -> Run:
    file = said.pop("file")
    sent = actions.Sent(table=table, name=file.name, owner=request.staff.id, **said)
    with _on_disk(file) as path:
        return actions.upload(path, sent, by=request.staff, at=now())


@contextmanager
def _on_disk(file: UploadedFile[Any]) -> Iterator[Path]:
    """Put an upload into a folder for as long as it is read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{Path(file.name or '').suffix.lower()}"
        with path.open("wb") as target:
            for block in file.chunks():
                target.write(block)
        yield path


# --- Runs.


@never_cache
@require_safe
@staff_only
def run(request: SignedIn, key: UUID) -> HttpResponse:
    """Show how far a file is, what of it would be or was taken, and what is refused."""
    run = queries.run_of(key, request.staff)
    context = {
        "run": run,
        "table": tables()[run.table],
        "moves": _moves(run),
        "refusals": queries.refusals(run),
        "most": queries.REFUSALS,
        "is_whole": run.table in actions.ALL_OR_NONE,
    }
    if request.htmx:  # type: ignore[attr-defined]  # its middleware sets it
        return render(request, "tables/_run.html", context)
    return _shown(request, "run", context)


def _moves(run: Run) -> list[tuple[str, Any, bool]]:
    """Return address and label of each move that a button presses, and whether it is the main one."""
    found = [move for move in RUN.open_from(run.state) if move.name not in BY_PROGRAM]
    if run.erased_at:
        found = [move for move in found if move.name != "erase"]
    if run.table in actions.ALL_OR_NONE and run.n_refused:
        found = [move for move in found if move.name != "take"]
    main = {"take", "resume"}
    return [(reverse(f"tables:{m.name}", args=[run.pk]), m.label, m.name in main) for m in found]


@require_POST
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Make a move on a run."""
    run = queries.run_of(key, request.staff)
    why = {"why": ""} if name == "fail" else {}
    getattr(actions, name)(run, by=request.staff, at=now(), **why)
    return redirect("tables:run", run.pk)


@require_safe
@staff_only  # type: ignore[arg-type]  # it streams
def refused(request: SignedIn, key: UUID) -> HttpResponseBase:
    """Give the refused rows with their reasons, to be mended and sent again; recorded.

    Who did not send them gets of matters the reasons alone.
    """
    run = queries.run_of(key, request.staff)
    facts = {"run": run.pk.hex}
    note_export(request.user, verb="tables.refused", facts=facts, by=request.staff, at=now())
    rows = queries.mended(run, whole=rules.may_read(request.staff, run))
    return _file(files.csv_lines(next(rows), rows), f"{run.table}-refused", "csv")


def _file(lines: Iterator[str], name: str, ending: str) -> HttpResponseBase:
    response = StreamingHttpResponse(lines, content_type=files.TYPES[ending])
    return _named(response, f"{name}-{localdate():%Y%m%d}.{ending}")


def _named(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


# --- What goes out.


@require_safe
@staff_only  # type: ignore[arg-type]  # it streams
def get(request: SignedIn, name: str, ending: str) -> HttpResponseBase:
    """Give the rows of a table that the reader may have; of the ledger as narrowed; recorded."""
    table = _table(request, name)
    if not rules.may_get(request.staff, table):
        raise PermissionDenied(_("You may not take this table out."))
    asked = {one: request.GET[one] for one in NARROWS if request.GET.get(one)}
    narrowed(asked)  # a month that is none is refused before anything is sent
    at = now()
    facts = {"table": name, "form": ending} | asked
    note_export(request.user, verb="tables.export", facts=facts, by=request.staff, at=at)
    return _as_file(table, queries.rows(table, request.staff, asked, at), name, ending)


def _as_file(table: Table, rows: Any, name: str, ending: str) -> HttpResponseBase:
    if ending == "csv":
        return _file(files.csv_lines([one.name for one in table.fields], rows), name, ending)
    if ending == "json":
        return _file(files.json_lines(table, rows), name, ending)
    response = StreamingHttpResponse(_blocks(table, rows), content_type=files.BOOK)
    return _named(response, f"{name}-{localdate():%Y%m%d}.xlsx")


def _blocks(table: Table, rows: Any) -> Iterator[bytes]:
    """Return a workbook in blocks; it is written before the first is sent, so that a refusal is a page."""
    kept = TemporaryFile()  # noqa: SIM115  whoever sends the blocks closes it
    try:
        files.write_book(kept, table, rows)
    except BaseException:
        kept.close()
        raise
    kept.seek(0)
    return _read(kept)


def _read(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        while block := kept.read(BLOCK):
            yield block


@require_safe
@staff_only  # type: ignore[arg-type]  # it streams
def template(request: SignedIn, name: str, ending: str) -> HttpResponseBase:
    """Give an empty file of a table to fill; the second sheet of a workbook explains the columns."""
    return _as_file(_table(request, name), [], f"{name}-template", ending)


@require_safe
@staff_only
def package(request: SignedIn, name: str) -> HttpResponse:
    """Give the schema of a table as a Data Package."""
    told = queries.package(_table(request, name), now())
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


# --- Folders.


@require_http_methods(BOTH)
@staff_only
def add_drop(request: SignedIn) -> HttpResponse:
    """Ask for a folder that is to be looked at."""
    rules.check_drops(request.staff)
    form = DropForm(request.POST or None)
    if form.is_valid():
        try:
            drop = actions.add_drop(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            return redirect("tables:drop", drop.pk)
    return _drop_form(request, form, None)


def _drop_form(request: SignedIn, form: DropForm, drop: Drop | None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "tables/drop_form.html", {"form": form, "drop": drop}, status=status)


def _drop(key: UUID) -> Drop:
    return get_object_or_404(Drop.objects.select_related("owner"), pk=key)


@require_safe
@staff_only
def drop(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a folder: how it stands and the latest files."""
    rules.check_drops(request.staff)
    drop = _drop(key)
    found = [move for move in DROP.open_from(drop.state) if move.name != "change"]
    context = {
        "drop": drop,
        "table": tables()[drop.table],
        "files": queries.files_of(drop),
        "moves": [(reverse(f"tables:{one.name}", args=[drop.pk]), one.label) for one in found],
    }
    return render(request, "tables/drop.html", context)


@require_http_methods(BOTH)
@staff_only
def change(request: SignedIn, key: UUID) -> HttpResponse:
    """Change a folder."""
    rules.check_drops(request.staff)
    drop = _drop(key)
    form = DropForm.of(drop, request.POST or None)
    if form.is_valid():
        try:
            actions.change(drop, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("It is changed."))
            return redirect("tables:drop", drop.pk)
    return _drop_form(request, form, drop)


@require_POST
@staff_only
def press_drop(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Stop looking at a folder, or start again."""
    rules.check_drops(request.staff)
    drop = _drop(key)
    getattr(actions, name)(drop, by=request.staff, at=now())
    return redirect("tables:drop", drop.pk)

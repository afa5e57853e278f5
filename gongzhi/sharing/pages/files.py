"""The catalogue as a file: taken out, and taken in."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.matters.pages.export import plain
from gongzhi.matters.readers import read_records
from gongzhi.sharing import actions, readers, rules
from gongzhi.sharing.forms import FileForm
from gongzhi.sharing.models import Item, System
from gongzhi.sharing.pages.items import BOTH, status

TAKE = {"items": actions.import_items, "systems": actions.import_systems}
NEEDED = {"items": readers.NEEDED_OF_ITEM, "systems": readers.NEEDED_OF_SYSTEM}


@require_http_methods(BOTH)
@staff_only
def take_in(request: SignedIn) -> HttpResponse:
    """Show what a file would bring, row by row where it is refused; then take all of it."""
    rules.check(request.staff)
    form = FileForm(request.POST or None, request.FILES or None)
    taken: actions.Taken | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            with _on_disk(said["file"]) as path:
                rows = list(read_records(path, NEEDED[said["sort"]]))
            keep = said["keep"]
            taken = TAKE[said["sort"]](rows, dry_run=not keep, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
    shown = {"form": form, "taken": taken, "items": readers.ITEM, "systems": readers.SYSTEM}
    answer = 422 if taken and taken.refused else status(form)
    return render(request, "sharing/take_in.html", shown, status=answer)


@contextmanager
def _on_disk(file: UploadedFile[Any]) -> Iterator[Path]:
    """Give an uploaded file as one on the disk, under the ending it came with."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"taken{Path(file.name or '').suffix.lower()}"
        with path.open("wb") as out:
            out.writelines(file.chunks())
        yield path


@require_safe
@staff_only
def export(request: SignedIn, sort: str) -> HttpResponse:  # noqa: ARG001  who reads the list may have it
    """Give all items or systems as a file that `take_in` reads again."""
    if sort not in TAKE:
        raise Http404(_("There is no such file."))
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(readers.ITEM if sort == "items" else readers.SYSTEM)
    rows = _items() if sort == "items" else _systems()
    writer.writerows([plain(cell) for cell in row] for row in rows)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{sort}-{localdate():%Y%m%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _items() -> Iterator[list[str]]:
    found = Item.objects.listed().select_related("system", "office", "concept")
    for one in found.order_by("code"):
        known = {
            "system": one.system.code,
            "office": one.office.code,
            "concept": one.concept.code if one.concept else "",
            "fields": readers.written(one.fields),
        }
        yield [known.get(name) or _cell(getattr(one, name)) for name in readers.ITEM]


def _systems() -> Iterator[list[str]]:
    found = System.objects.select_related("office", "client__account").order_by("code")
    for one in found:
        client = one.client.account.username if one.client else ""
        known = {"office": one.office.code, "client": client}
        yield [known[n] if n in known else _cell(getattr(one, n)) for n in readers.SYSTEM]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)

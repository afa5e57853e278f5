"""Open data: a page to look at, and the files to take away."""

from __future__ import annotations

import csv
from io import StringIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.opendata import queries
from gongzhi.opendata.models import Volume

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what the matters add up to, for who would rather look than download; and the files."""
    at = now()
    said = {
        "bars": queries.chart(at),
        "lines": queries.lines(at),
        "months": queries.months_of_files(),
        "communities": Volume.objects.filter(sort=Volume.Sort.GEOJSON).first(),
        "dictionary": queries.dictionary(),
        "licence": settings.DATA_LICENCE,
    }
    return render(request, "opendata/index.html", said)


@require_safe
def volume(request: HttpRequest, name: str, sort: str) -> FileResponse:  # noqa: ARG001
    """Send a file.

    :raises Http404: there is none of this name
    """
    found = Volume.objects.filter(name=name, sort=sort).first()
    if found is None:
        raise Http404(_("There is no such file."))
    response = FileResponse(default_storage.open(found.file.name or ""), content_type=TYPES[sort])
    response["Content-Disposition"] = f'attachment; filename="{found}"'
    response["ETag"] = f'"{found.sha256}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Send what the columns mean, as CSV."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "type", "zh", "en"])
    writer.writerows([one.name, one.type, one.zh, one.en] for one in queries.dictionary())
    response = HttpResponse(out.getvalue(), content_type=TYPES["csv"])
    response["Content-Disposition"] = 'attachment; filename="dictionary.csv"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def package(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Send the description of all CSV files for programs: a Data Package with a Table Schema."""
    said = queries.described(settings.DATA_LICENCE)
    answer = JsonResponse(said, json_dumps_params={"ensure_ascii": False})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer

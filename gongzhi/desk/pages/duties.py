"""What the duty list says of the reader's own offices."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.matters import queries
from gongzhi.matters.models import Duty


@require_safe
@staff_only
def duties(request: SignedIn) -> HttpResponse:
    """Show the rows of the duty list in which one's own offices have a part: now, and to come."""
    on, own = localdate(), set(request.staff.offices())
    names = {code: kind.name for code, kind in queries.catalogue(on).items()}
    rows = [
        (row, names.get(row.kind_code, row.kind_code), _part(row, own), _standing(row, on))
        for row in queries.rows_of(own, on)
    ]
    said = {
        "changing": [row for row in rows if row[3]],
        "rows": [row for row in rows if row[0].listed_on <= on],
        "on": on,
    }
    return render(request, "desk/duties.html", said)


def _part(row: Duty, own: set[UUID]) -> str:
    if row.lead_id in own:
        return _("leads")
    return _("otherwise") if row.otherwise_id in own else _("helps")


def _standing(row: Duty, on: date) -> str:
    """Return what is about to change of a row; nothing, mostly."""
    if row.listed_on > on:
        return _("begins on %(day)s") % {"day": row.listed_on.isoformat()}
    if row.delisted_on:
        return _("ends on %(day)s") % {"day": row.delisted_on.isoformat()}
    return ""

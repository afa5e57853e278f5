"""Who looked at the data of one matter, in the form of the Estonian Data Tracker (Andmejälgija)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongzhi.audit.models import Look
from gongzhi.audit.queries import looks
from gongzhi.matters.models import Matter
from gongzhi.matters.words import OTHER_LOOKS, PURPOSES
from gongzhi.parties.businesses import FILES
from gongzhi.rights.purposes import PIPL
from gongzhi.sharing.models import Transfer

HOUSE = {"type": "NEE", "name": "Gongzhi"}  # none of its kinds of organisation is abroad but this
INTERNAL, RESPONSE = "INTERNAL_PROCESSING", "DATA_RESPONSE"
SORTS = ("DATA_REQUEST", RESPONSE, "DATA_PROCESSING", INTERNAL)


@dataclass(frozen=True, slots=True)
class Asked:
    """What `find_usage` is asked for; an empty time is open."""

    since: datetime | None = None
    until: datetime | None = None
    sorts: Sequence[str] = SORTS
    limit: int = 1000
    offset: int = 0


def purpose(look: Look) -> str:
    """Return what a look was for, in the words of the reader."""
    known = PURPOSES | OTHER_LOOKS
    for files in FILES.values():
        known |= files.looks
    return str(known.get(look.why, look.why)) or _("no purpose was noted")


def find_usage(matter: Matter, asked: Asked) -> dict[str, Any]:
    """Return who used the data of the person of ``matter``, the latest first (four queries).

    As `FindUsageResponse` of version 3 of that interface: looks are internal, what was handed to
    another system for this person's own application is a response.
    """
    found = looks(matter.pk).filter(_between("at", asked)) if INTERNAL in asked.sorts else []
    moved = Transfer.objects.filter(_between("moved_at", asked), matter=matter)
    moved = moved.select_related("use__item", "use__system")
    every = [(one.at, INTERNAL, _internal(one)) for one in found]
    if RESPONSE in asked.sorts:
        every += [(one.moved_at, RESPONSE, _response(one)) for one in moved]
    every.sort(key=lambda row: row[0], reverse=True)
    page = every[asked.offset : asked.offset + asked.limit]
    return {
        "totalUsages": len(every),
        "returnedUsages": len(page),
        "dataResponses": [row for _at, sort, row in page if sort == RESPONSE],
        "internalProcessings": [row for _at, sort, row in page if sort == INTERNAL],
    }


def usage_period(matter: Matter) -> dict[str, str | None]:
    """Return from when until when there are looks at the data of ``matter`` (one query)."""
    span = looks(matter.pk).order_by().aggregate(first=Min("at"), last=Max("at"))
    return {
        "periodStart": span["first"].isoformat() if span["first"] else None,
        "periodEnd": span["last"].isoformat() if span["last"] else None,
    }


def _between(field: str, asked: Asked) -> Q:
    since = Q(**{f"{field}__gte": asked.since}) if asked.since else Q()
    return since & (Q(**{f"{field}__lte": asked.until}) if asked.until else Q())


def _internal(look: Look) -> dict[str, Any]:
    return {
        "logTime": look.at.isoformat(),
        "purpose": purpose(look),
        "legalBasis": f"{PIPL} 13(3)",
        "queryId": str(look.pk),
        "initiatorPerson": {"name": look.by_label or pgettext("person", "unnamed")},
        "source": HOUSE,
    }


def _response(transfer: Transfer) -> dict[str, Any]:
    use = transfer.use
    return {
        "logTime": transfer.moved_at.isoformat(),
        "purpose": use.purpose,
        "legalBasis": f"{use.ground} {use.article}".strip(),
        "queryId": str(transfer.pk),
        "initiatorOrg": {"type": "NEE", "name": use.system.name, "systemName": use.system.name},
        "target": HOUSE,
    }

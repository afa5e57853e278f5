"""The catalogue and one's own uses as JSON, and the recording of what moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.exchange.models import Caller
from gongzhi.sharing import actions, forms, queries
from gongzhi.sharing.http import answer, body, interface
from gongzhi.sharing.models import Item, Use

MOST = 200
MOST_COUNT = 10**12
LONGEST_KEY = 100


@interface("GET")
def items(request: HttpRequest, caller: Caller) -> HttpResponse:  # noqa: ARG001  whoever is let in
    """List the items by their codes; ``after`` is the ``next`` of the page before."""
    wanted = queries.Wanted(after=forms.mark(request.GET.get("after", "")))
    page = queries.items(wanted, now(), size=MOST)
    return answer({"items": [_item(one) for one in page.rows], "next": page.after or None})


def _item(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "name_zh": item.name_zh,
        "name_en": item.name_en,
        "edition": item.edition,
        "from_day": item.from_day,
        "system": item.system.code,
        "office": item.office.code,
        "concept": item.concept.code if item.concept else None,
        "theme": item.theme,
        "object": item.object,
        "by_person": item.by_person,
        "fields": item.fields,
        "period": item.period,
        "refreshed_on": item.refreshed_on,
        "ground": item.ground,
        "article": item.article,
    }


@interface("GET")
def uses(request: HttpRequest, caller: Caller) -> HttpResponse:  # noqa: ARG001
    """List the uses that run for the system that calls."""
    return answer({"uses": [_use(one) for one in queries.of_client(caller, now())]})


def _use(use: Use) -> dict[str, Any]:
    return {
        "id": use.pk,
        "item": use.item.code,
        "edition": use.edition.number,
        "from": use.item.system.code,
        "to": use.system.code,
        "purpose": use.purpose,
        "one_by_one": use.item.by_person or use.one_by_one,
        "since": use.since,
        "until": use.until,
    }


@interface("POST")
def transfers(request: HttpRequest, caller: Caller, key: UUID) -> HttpResponse:
    """Record that entries moved, once for each ``Idempotency-Key``; of a client on trial nothing stays."""
    use = queries.use(key)
    if use is None or use.system.client_id != caller.client:
        raise Http404(_("Your system has no such use."))
    said, at = _said(body(request)), now()
    name = _key(request)
    with transaction.atomic():
        moved = actions.transfer(
            use,
            count=said.count,
            moved_at=said.moved_at,
            matter=forms.find_matter(said.matter) if said.matter else None,
            key=uuid5(caller.client, name),
            by=caller,
            at=at,
        )
        if caller.on_trial:
            transaction.set_rollback(True)
    made = moved.transfer
    out = {"id": made.pk, "use": use.pk, "count": made.count, "moved_at": made.moved_at}
    return answer(out, HTTPStatus.CREATED if moved.is_new else HTTPStatus.OK)


@dataclass(frozen=True, slots=True)
class Said:
    """What a body says of a transfer."""

    count: int
    moved_at: datetime
    matter: str


def _said(sent: dict[str, Any]) -> Said:
    """Return what was sent.

    :raises ValidationError: a count or a time that is none, or more than is recorded: data, perhaps
    """
    if unknown := set(sent) - {"count", "moved_at", "matter"}:
        first = min(unknown)
        raise ValidationError(
            {
                forms.mark(first) or "?": _(
                    "Only count, moved_at and matter are recorded: never send the data itself."
                )
            }
        )
    count, matter = sent.get("count"), sent.get("matter", "")
    if isinstance(count, bool) or not isinstance(count, int) or abs(count) > MOST_COUNT:
        raise ValidationError({"count": _("Write a number.")})
    if not isinstance(matter, str):
        raise ValidationError({"matter": _("This must be text.")})
    return Said(count, _moment(sent.get("moved_at")), matter)


def _moment(value: object) -> datetime:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValidationError(
            {"moved_at": _("This must be a time such as 2026-03-02T12:00:00+08:00.")}
        )
    return found


def _key(request: HttpRequest) -> str:
    name = request.headers.get("Idempotency-Key", "").strip()
    if not name or len(name) > LONGEST_KEY:
        raise ValidationError(
            _("Send an “Idempotency-Key” of your own, so that nothing is recorded twice.")
        )
    return name

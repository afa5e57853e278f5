"""What happened in a time, as FixMyStreet asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from gongzhi.audit.models import Entry
from gongzhi.base.seal import veiled
from gongzhi.matters import queries as matters
from gongzhi.matters.models import Matter, Message
from gongzhi.matters.states import ENDED
from gongzhi.open311.models import Raised
from gongzhi.open311.queries.reading import (
    CLOSED_STATES,
    LONGEST,
    MOST,
    VEIL,
    Row,
    Teller,
    name_of,
    stamp,
    whole_day,
)
from gongzhi.open311.words import CLOSED, TOLD


def updates(since: datetime, until: datetime, client: UUID | None) -> list[Row]:
    """Return what happened in a time, the earliest first: of public matters that they were closed.

    Of what a client raised itself, whatever its requester is told.  One query, four for a client.
    """
    closings = _closings(since, until)
    if client is None:
        return closings
    own = list(_own_updates(since, until, client))
    known = {row["service_request_id"] for row in own}
    return [*own, *(row for row in closings if row["service_request_id"] not in known)][:MOST]


def _closings(since: datetime, until: datetime) -> list[Row]:
    first, last = whole_day(since), whole_day(until) + timedelta(days=1)
    found = matters.listed(None, None).filter(state__in=CLOSED_STATES)
    ended = found.filter(ended_at__isnull=False, ended_at__gte=first, ended_at__lt=last)
    rows = list(ended.order_by("ended_at", "pk").values_list("pk", "ended_at")[:MOST])
    teller = Teller()
    names, said = veiled(VEIL, [key for key, _at in rows]), str(CLOSED)
    days = [teller.day(at) for _key, at in rows if at]
    return [
        _update(uuid5(name, day), str(name), day, "closed", said)
        for name, day in zip(names, days, strict=True)
    ]


def _own_updates(since: datetime, until: datetime, client: UUID) -> Iterator[Row]:
    own = Raised.objects.filter(client=client, matter__moved_at__gte=since).values("matter")
    verbs = [f"matter.{verb}" for verb in TOLD]
    entries = Entry.objects.filter(subject__in=own, verb__in=verbs, at__gte=since, at__lte=until)
    some = list(entries.order_by("at", "subject", "seq")[:MOST])
    known = Matter.objects.in_bulk({entry.subject for entry in some})
    told_of = Message.objects.filter(matter__in=list(known), sort=Message.Sort.TOLD)
    progress = set(told_of.values_list("at", "text"))
    for entry in some:
        if entry.verb == "matter.handle" and (entry.at, entry.told.get("text")) not in progress:
            continue
        yield _own_update(entry, known[entry.subject])


def _own_update(entry: Entry, matter: Matter) -> Row:
    form = TOLD[entry.verb.removeprefix("matter.")]
    status = "closed" if entry.facts.get("to") in ENDED else "open"
    words = [str(entry.told[word]) for word in form.words if entry.told.get(word)]
    said = "\n".join([str(form.sentence), *words]) if matter.public else str(form.sentence)
    return _update(entry.pk, name_of(matter.pk), stamp(entry.at), status, said)


def _update(key: UUID, name: str, at: str, status: str, said: str) -> Row:
    return {
        "update_id": str(key),
        "service_request_id": name,
        "status": status,
        "updated_datetime": at,
        "description": said[:LONGEST],
        "media_url": None,
    }

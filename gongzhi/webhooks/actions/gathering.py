"""From what happened to matters to what each hook is to be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gongzhi.audit.actors import Actor
from gongzhi.audit.models import Entry
from gongzhi.base.rows import insert
from gongzhi.matters.models import Matter
from gongzhi.places.queries import coarse_code
from gongzhi.webhooks import events, queries, rules
from gongzhi.webhooks.models import Delivery, Happened, Hook
from gongzhi.webhooks.states import State

AT_ONCE = 500


class TakenOver(Exception):  # noqa: N818
    """Another worker spread the same; this one's part is undone."""


def note(matter: UUID, seq: int, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Note that hooks are to be told of an entry: one statement, or none where no hook is active."""
    if queries.is_listening():
        insert(Happened(matter=matter, seq=seq))


def spread(*, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Write down for each hook what it is to be told of what was noted; return how much was noted.

    What one worker has spread is gone: of two at once one changes nothing.  Six queries, however
    much it is.
    """
    noted = list(Happened.objects.order_by("pk")[:AT_ONCE])
    if not noted:
        return 0
    hooks = list(Hook.objects.filter(state=State.ACTIVE).order_by("pk"))
    rows = [
        Delivery(
            hook=hook,
            matter=matter.pk,
            event=entry.pk,
            verb=entry.verb.removeprefix("matter."),
            body=event,
            created_at=at,
            again_at=at,
        )
        for matter, entry, event in _told(noted)
        for hook in hooks
        if rules.wants(hook, matter, event["data"]["state"])
    ]
    try:
        _store(noted, rows)
    except TakenOver:
        return 0
    return len(noted)


@transaction.atomic
def _store(noted: Sequence[Happened], rows: list[Delivery]) -> None:
    gone, _per_table = Happened.objects.filter(pk__in=[one.pk for one in noted]).delete()
    if gone != len(noted):
        raise TakenOver
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def _told(noted: Sequence[Happened]) -> Iterator[tuple[Matter, Entry, dict[str, Any]]]:
    """Yield what is told of what was noted, in its order (two queries)."""
    keys = {one.matter for one in noted}
    heavy = ("text", "title", "address", "office__place", "lat", "lon")
    matters = Matter.objects.select_related("office").defer(*heavy).in_bulk(keys)
    found = Entry.objects.filter(subject__in=keys, seq__in={one.seq for one in noted})
    entries = {(one.subject, one.seq): one for one in found.defer("told")}
    for one in noted:
        matter, entry = matters.get(one.matter), entries.get((one.matter, one.seq))
        if matter and entry and (event := _event(matter, entry)):
            yield matter, entry, event


def _event(matter: Matter, entry: Entry) -> dict[str, Any] | None:
    verb, known = entry.verb.removeprefix("matter."), rules.is_open(matter)
    if not rules.is_told(verb, entry.facts, known=known):
        return None
    data = {
        "number": matter.number,
        "verb": verb,
        "state": entry.facts.get("to", matter.state),
        "kind": matter.kind_code,
        "place": coarse_code(matter.chain),
    }
    if matter.office:
        data["office"] = matter.office.code
    if matter.answer_by:
        data["due"] = matter.answer_by.isoformat(timespec="seconds")
    name = f"org.gongzhi.matter.{verb}"
    event = events.envelope(entry.pk, name, settings.ORIGIN, entry.at, data)
    return events.opened(event, entry.seq) if known else events.closed(event)

"""The search words of a matter follow what they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from gongzhi.audit.actors import Actor
from gongzhi.base.text import bigrams
from gongzhi.matters import rules
from gongzhi.matters.actions.writing import change, put, rows
from gongzhi.matters.models import Matter, OfficeTask, SearchWords, mark_of, new_key
from gongzhi.places.queries import names_above

AT_ONCE = 1000


def words_of(matter: Matter, offices: Iterable[UUID] = ()) -> str:
    """Return what a search finds a matter by: nothing of who raised it or what staff noted.

    ``offices`` are those that have or had a task on it.
    """
    kind, place = matter.kind, matter.place
    said = (matter.number, matter.title, matter.text, matter.address)
    names = (kind.name_zh, kind.name_en, place.name_zh, place.name_en, *names_above(matter.chain))
    return " ".join([bigrams("\n".join((*said, *names))), *sorted(set(map(mark_of, offices)))])


def index(matter: Matter) -> None:
    """Keep the search words of a new matter; part of the action that receives it."""
    put(SearchWords(key=new_key(matter.received_at), matter=matter, words=words_of(matter)))


def renew(matter: Matter) -> None:
    """Keep other search words; part of the action that changes kind, place or text, or gives a task."""
    tasks = rows(matter, OfficeTask, "given_at")
    change(matter, SearchWords, {}, words=words_of(matter, (task.office_id for task in tasks)))


def reindex(*, after: UUID | None = None, by: Actor, at: datetime) -> UUID | None:  # noqa: ARG001
    """Write the search words of the next matters anew, by key; return the last key, None at the end."""
    if not rules.may_reindex(by):
        raise PermissionDenied
    found = Matter.objects.filter(pk__gt=after) if after else Matter.objects.all()
    found = found.select_related("kind", "place", "search_words").prefetch_related("tasks")
    some = list(found.order_by("pk")[:AT_ONCE])
    words = {one.pk: words_of(one, (t.office_id for t in one.tasks.all())) for one in some}
    known = [matter.search_words for matter in some if hasattr(matter, "search_words")]
    for row in known:
        row.words = words[row.matter_id]
    SearchWords.objects.bulk_update(known, ["words"], batch_size=200)
    SearchWords.objects.bulk_create(
        SearchWords(key=new_key(matter.received_at), matter=matter, words=words[matter.pk])
        for matter in some
        if not hasattr(matter, "search_words")
    )
    return some[-1].pk if len(some) == AT_ONCE else None

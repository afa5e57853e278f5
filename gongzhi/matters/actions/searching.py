"""The search words of a matter follow what they are made of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from gongzhi.audit.actors import Actor
from gongzhi.base.text import bigrams
from gongzhi.matters import rules
from gongzhi.matters.actions.writing import change, put
from gongzhi.matters.models import Matter, SearchWords, new_key
from gongzhi.places.queries import names_above

AT_ONCE = 1000


def words_of(matter: Matter) -> str:
    """Return what a search finds a matter by: nothing of who raised it or what staff noted."""
    kind, place = matter.kind, matter.place
    said = (matter.number, matter.title, matter.text, matter.address)
    names = (kind.name_zh, kind.name_en, place.name_zh, place.name_en, *names_above(matter.chain))
    return bigrams("\n".join((*said, *names)))


def index(matter: Matter) -> None:
    """Keep the search words of a new matter; part of the action that receives it."""
    put(SearchWords(key=new_key(matter.received_at), matter=matter, words=words_of(matter)))


def renew(matter: Matter) -> None:
    """Keep other search words; part of the action that changes kind, place or text."""
    change(matter, SearchWords, {}, words=words_of(matter))


def reindex(*, after: UUID | None = None, by: Actor, at: datetime) -> UUID | None:  # noqa: ARG001
    """Write the search words of the next matters anew, by key; return the last key, None at the end."""
    if not rules.may_reindex(by):
        raise PermissionDenied
    found = Matter.objects.filter(pk__gt=after) if after else Matter.objects.all()
    some = list(found.select_related("kind", "place", "search_words").order_by("pk")[:AT_ONCE])
    known = [matter.search_words for matter in some if hasattr(matter, "search_words")]
    for row in known:
        row.words = words_of(row.matter)
    SearchWords.objects.bulk_update(known, ["words"], batch_size=200)
    SearchWords.objects.bulk_create(
        SearchWords(key=new_key(matter.received_at), matter=matter, words=words_of(matter))
        for matter in some
        if not hasattr(matter, "search_words")
    )
    return some[-1].pk if len(some) == AT_ONCE else None

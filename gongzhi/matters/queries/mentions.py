"""Who is named in a note: “@” with a sign-in name, or with the code of an office."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q
from django.db.models.functions import Lower

from gongzhi.accounts.models import Office, Post, Staff, User
from gongzhi.accounts.queries import offices, posts_in, present
from gongzhi.matters import rules
from gongzhi.matters.models import Matter

MOST_OFFERED = 8
# A mail address names nobody here; a name ends where a Chinese character or a full stop follows.
_NAMED = re.compile(r"(?<![\w.-])[@＠]([a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a note names: those who may read the matter, and the names that mean nobody who may.

    ``offices`` are those that were named as such.
    """

    people: set[UUID] = field(default_factory=set)
    offices: list[Office] = field(default_factory=list)
    nobody: list[str] = field(default_factory=list)


def names_in(text: str) -> list[str]:
    """Return the names that stand after an “@” in ``text``, each once, in small letters."""
    return list(dict.fromkeys(_NAMED.findall(text.lower())))


def named_in(text: str, matter: Matter, at: datetime) -> Named:
    """Return whom a note on ``matter`` names; no query where it names nobody, else two and one an office.

    An office that works on it stands for those who are present in it.
    """
    names = names_in(text)
    if not names:
        return Named()
    readers = rules.readers(matter, at)
    found = readers.annotate(low=Lower("username")).filter(low__in=names)
    people = {low: {pk} for pk, low in found.values_list("pk", "low")}
    meant = []
    for office in _at_work(matter):
        if (code := office.code.lower()) in names and code not in people:
            there = readers.filter(pk__in=present(posts_in(office.pk, at), at).values("pk"))
            people[code] = set(there.values_list("pk", flat=True))
            meant.append(office)
    nobody = [name for name in names if not people.get(name)]
    return Named(set().union(*people.values()), meant, nobody)


@dataclass(frozen=True, slots=True)
class Offered:
    """A colleague or an office that may be named: how, and what is shown of them."""

    name: str
    label: str
    more: str = ""


def to_name(matter: Matter, begun: str, by: Staff, at: datetime) -> list[Offered]:
    """Return who may be named on ``matter`` where ``begun`` is typed already (three queries).

    Only who may read it, and not oneself; the offices that work on it first.
    """
    word = begun.strip().lower()
    known = [
        Offered(office.code, office.name)
        for office in _at_work(matter)
        if office.code.lower().startswith(word) or word in office.name.lower()
    ]
    like = Q(username__istartswith=word) | Q(name_zh__contains=word) | Q(name_en__icontains=word)
    held = Post.objects.held(at).select_related("office").order_by("role")
    people = (
        rules.readers(matter, at)
        .filter(like)
        .exclude(pk=by.id)
        .order_by("username")
        .prefetch_related(Prefetch("posts", held, to_attr="held"))[:MOST_OFFERED]
    )
    known += [Offered(user.username, user.name, _serves_as(user)) for user in people]
    return known[:MOST_OFFERED]


def _at_work(matter: Matter) -> list[Office]:
    """Return the offices that work or worked on ``matter``, as they are kept (one query)."""
    known = offices()
    tasks = rules.tasks_of(matter.pk).values_list("office", flat=True).distinct()
    return sorted((known[pk] for pk in tasks if pk in known), key=lambda office: office.code)


def _serves_as(user: User) -> str:
    held: list[Post] = user.held  # type: ignore[attr-defined]
    return " · ".join(dict.fromkeys(str(p.office or p.get_role_display()) for p in held))

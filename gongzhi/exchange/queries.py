from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AwareDatetime, Field

from gongzhi.base.ids import tidy_number
from gongzhi.exchange.models import Caller, Client, Token
from gongzhi.matters import rules
from gongzhi.matters.models import Matter, MatterQuerySet, OfficeTask
from gongzhi.matters.queries import named
from gongzhi.matters.states import State
from gongzhi.places.atlas import at_point
from gongzhi.places.models import Place
from gongzhi.places.queries import below, by_code, on_day

SEPARATOR = "~"
MOST_LAT = 90


class Asked(Schema):
    """How a list of matters is narrowed; ``after`` is the ``next`` of the page before."""

    state: State | None = None
    kind: str = Field("", max_length=60)
    place: str = Field("", max_length=24, description="the code of a place: it and all below")
    office: str = Field("", max_length=60)
    moved_since: AwareDatetime | None = None
    after: str = Field("", max_length=80)
    limit: int = Field(50, ge=1, le=200)


def clients(at: datetime) -> QuerySet[Client]:
    """Return the clients by name with how many tokens of each are good at ``at`` (one query)."""
    good = Q(tokens__ended_at=None, tokens__expires_at__gt=at)
    found = Client.objects.select_related("account", "office")
    return found.annotate(n_tokens=Count("tokens", filter=good)).order_by("account__username")


def tokens(client: Client) -> QuerySet[Token]:
    """Return the tokens of a client, the latest first."""
    return client.tokens.order_by("-made_at", "-id")


def key_of(caller: Caller, key: str) -> UUID:
    """Return the key of a sending: what a client called so, and nobody else."""
    return uuid5(caller.client, key)


def matters_page(caller: Caller, asked: Asked) -> tuple[list[Matter], str | None]:
    """Return a page of what ``caller`` may see and how the next begins, if there is more (1-2 queries).

    In the order of ``moved_at``, by the index on it.

    :raises ValidationError: ``after`` is no mark of ours, or there is no such place
    """
    found = rules.visible(_narrowed(asked), caller)
    shown = found.with_names().select_related("merged_into", "place__level")
    rows = list(shown.order_by("moved_at", "id")[: asked.limit + 1])
    page = rows[: asked.limit]
    return page, _mark(page[-1]) if len(rows) > asked.limit else None


def _narrowed(asked: Asked) -> MatterQuerySet:
    found = Matter.objects.all()
    same = {"state": asked.state, "kind_code": asked.kind, "office__code": asked.office}
    found = found.filter(**{name: value for name, value in same.items() if value})
    if asked.place:
        inside = Place.objects.filter(code=asked.place).values_list("path", flat=True)
        if not (paths := list(inside)):
            raise ValidationError({"place": _no_place()})
        found = found.filter(below("chain", paths))
    if asked.moved_since:
        found = found.filter(moved_at__gte=asked.moved_since)
    if asked.after:
        at, key = _read_mark(asked.after)
        found = found.filter(Q(moved_at__gt=at) | Q(id__gt=key), moved_at__gte=at)
    return found


def _mark(matter: Matter) -> str:
    return f"{matter.moved_at.isoformat()}{SEPARATOR}{matter.pk.hex}"


def _read_mark(mark: str) -> tuple[datetime, UUID]:
    at, _separator, key = mark.partition(SEPARATOR)
    try:
        moment, found = datetime.fromisoformat(at), UUID(key)
    except ValueError:
        raise ValidationError({"after": _no_mark()}) from None
    if moment.tzinfo is None:
        raise ValidationError({"after": _no_mark()})
    return moment, found


def _no_mark() -> str:
    return _("Give “next” of the page before as it was.")


def matter(number: str, caller: Caller) -> Matter:
    """Return the matter of a number with what is sent of it, for a client that may see it (2-3 queries).

    :raises Http404: there is none, or it is not theirs to see
    """
    shown = Matter.objects.select_related("requester", "place", "duty", "merged_into")
    found = shown.filter(number=tidy_number(number)).first()
    if found is None or not rules.may_see(caller, found):
        raise Http404(_("There is no such matter, or it is not yours to see."))
    return named(found)


def raised(number: str, key: str, caller: Caller) -> Matter:
    """Return the matter of a number that a client raised under a key of its own (2 queries).

    :raises Http404: it raised none under both
    """
    shown = Matter.objects.select_related("requester", "place", "duty", "merged_into")
    found = shown.filter(number=tidy_number(number), form_key=key_of(caller, key)).first()
    if found is None:
        raise Http404(_("You raised no such matter under this key."))
    return named(found)


def task(key: UUID, caller: Caller) -> OfficeTask:
    """Return the task of a co-office on a matter that a client may see (3-4 queries).

    :raises Http404: there is none, or its matter is not theirs to see
    """
    found = OfficeTask.objects.select_related("office", "matter").filter(pk=key, lead=False).first()
    if found is None:
        raise Http404(_("There is no such task."))
    found.matter = matter(found.matter.number, caller)
    return found


def place(code: str, on: date) -> Place:
    """Return the place of a code that is valid on a day.

    :raises ValidationError: there is none
    """
    if found := by_code(code, on):
        return found
    raise ValidationError({"place": _no_place()})


def place_at(lat: float, lon: float) -> Place:
    """Return the smallest place that holds a point in degrees of WGS 84.

    :raises ValidationError: it lies outside, or does so only because both are exchanged
    """
    if found := at_point(lat, lon):
        return found
    if abs(lon) <= MOST_LAT and at_point(lon, lat):
        raise ValidationError({"lat": _("“lat” and “lon” seem to be exchanged.")})
    raise ValidationError({"lat": _("This point lies in none of the places served here.")})


def places_page(within: str, after: str, limit: int, on: date) -> tuple[list[Place], str | None]:
    """Return a page of the places valid on a day, by path, and how the next begins (1-2 queries).

    :raises ValidationError: there is no place ``within``
    """
    found = on_day(on).select_related("level").defer("boundary", "also")
    if within:
        found = found.filter(below("path", [place(within, on).path]))
    if after:
        found = found.filter(path__gt=after)
    rows = list(found.order_by("path")[: limit + 1])
    return rows[:limit], rows[limit - 1].path if len(rows) > limit else None


def _no_place() -> str:
    return _("There is no place with this code.")

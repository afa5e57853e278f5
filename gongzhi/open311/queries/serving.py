"""Foreign servers, and what stands there."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.db.models import Count, F, QuerySet

from gongzhi.base.kept import kept
from gongzhi.matters.models import Matter
from gongzhi.open311.models import Forwarded, Server
from gongzhi.open311.models import Mapping as Mapped


def servers() -> QuerySet[Server]:
    """Return the servers that matters may be passed on to, by name."""
    return Server.objects.filter(retired_at=None).order_by("name")


@kept()
def knows_servers() -> bool:
    """Return whether any server was ever registered; kept a minute."""
    return Server.objects.exists()


def servers_for(matter: Matter) -> dict[Server, str]:
    """Return the servers that take the kind of a matter and do not have it yet, with the service code."""
    has = Forwarded.objects.filter(matter=matter).values("server")
    found = Mapped.objects.filter(kind_code=matter.kind_code, server__retired_at=None)
    rows = found.exclude(server__in=has).select_related("server").order_by("server__name")
    return {one.server: one.service_code for one in rows}


def to_ask(server: Server, most: int) -> list[Forwarded]:
    """Return what stands at a server and may still change there, the longest unasked first."""
    open_there = Forwarded.objects.filter(server=server, state=Forwarded.State.SENT)
    still = open_there.exclude(status="closed", matter__ended_at__isnull=False)
    return list(still.order_by(F("asked_at").asc(nulls_first=True), "pk")[:most])


def all_servers() -> QuerySet[Server]:
    """Return every server, those in use first, with how many kinds each takes (one query)."""
    found = Server.objects.annotate(n_kinds=Count("mappings"))
    return found.order_by(F("retired_at").asc(nulls_first=True), "name")


def mappings(server: Server) -> QuerySet[Mapped]:
    """Return what a server takes, by kind."""
    return server.mappings.order_by("kind_code")


def forwarded(matter: Matter) -> list[Forwarded]:
    """Return to whom a matter was passed on, in order (one query)."""
    found = Forwarded.objects.filter(matter=matter).select_related("server")
    return list(found.order_by("forwarded_at", "pk"))


def load_of(server: Server) -> Counter[str]:
    """Return how many matters stand at a server in each state (one query)."""
    return Counter(server.forwarded.values_list("state", flat=True))


def origin() -> str:
    """Return where this interface is reached."""
    return f"{settings.ORIGIN}/open311/v2"

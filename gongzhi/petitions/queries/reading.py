"""One petition: its stages, what was said, its clocks, where it may go; and the places to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models.functions import Length

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import answering_to, house, offices, offices_above
from gongzhi.base.kept import kept
from gongzhi.base.seal import keyed_hash
from gongzhi.deadlines.models import Clock, Extension
from gongzhi.petitions.models import Message, Petition, Stage
from gongzhi.places.models import Place
from gongzhi.places.queries import on_day
from gongzhi.places.rules import COMMUNITY_DIGITS


def token(petition: Petition) -> str:
    """Return the secret of the link by which others sign ``petition``: it is kept nowhere."""
    return keyed_hash("petition-link", petition.pk.hex)[:32]


def asked_for(stage: Stage) -> Extension | None:
    """Return the latest request for more time of a stage (one query)."""
    found = Extension.objects.filter(clock__subject=stage.pk).select_related("clock__rule")
    return found.order_by("-asked_at").first()


def stages(petition: Petition) -> list[Stage]:
    """Return the stages of ``petition``, the first first, also those that were given back (one query)."""
    return list(petition.stages.select_related("office").order_by("given_at", "id"))


def messages(petition: Petition) -> list[Message]:
    """Return what was said in ``petition``, the first first (one query)."""
    return list(petition.messages.select_related("office").order_by("at", "id"))


def clocks(petition: Petition, some: Iterable[Stage]) -> list[Clock]:
    """Return the clocks of ``petition`` and its stages, the first started first (one query)."""
    keys = [petition.pk, *(stage.pk for stage in some)]
    found = Clock.objects.filter(subject__in=keys).select_related("rule", "calendar")
    return list(found.order_by("started_at", "pk"))


def organs(petition: Petition) -> list[Office]:
    """Return the offices that ``petition`` may be forwarded to: around its place, no house denounced."""
    barred = house([petition.denounced_id])
    return [
        office
        for office in offices_above(petition.chain)
        if office.pk not in barred and office.pk != petition.keeper_id
    ]


def lower(petition: Petition) -> list[Office]:
    """Return the offices below the one that has ``petition``, by code; no house denounced."""
    barred = house([petition.denounced_id])
    below = answering_to(petition.stage.office_id) if petition.stage else []
    return [office for office in below if office.pk not in barred]


def above(office: Office) -> Office | None:
    """Return the office that ``office`` answers to, if it is open: who keeps a report about it."""
    found = offices().get(office.superior_id)
    return found if found and found.is_active else None


@kept()
def coarse(on: date) -> tuple[Place, ...]:
    """Return the places from the largest down to the communities, by path; kept a minute."""
    found = on_day(on).alias(digits=Length("code")).filter(digits__lte=COMMUNITY_DIGITS)
    return tuple(found.defer("boundary", "also").order_by("path"))

"""The cast of `matters` with two systems: a hotline that accepts, and the one of the lights' office."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Office, Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.tests.cast import kept
from gongzhi.exchange import actions
from gongzhi.exchange.models import Client, Scope
from gongzhi.matters.tests import make as matters
from gongzhi.matters.tests.make import NOON
from gongzhi.meetings import actions as meetings
from gongzhi.meetings.models import Summons
from gongzhi.meetings.states import ATTENDANCE, RESOLUTION, SUMMONS, Sort

__all__ = ["NOON"]  # handed on


@dataclass
class Town(matters.Town):
    hotline: Client
    lighting: Client


@kept("audit", "places", "deadlines", "accounts", "matters", "exchange")
def town() -> Town:
    """Create the cast and return it."""
    cast = matters.town()
    hotline, lighting = client("hotline", cast.roads), client("lighting", cast.lights)
    for role in (Role.ACCEPTOR, Role.DISPATCHER):
        appoint(hotline.account, role=role, place=cast.district, by=SYSTEM, at=NOON)
    appoint(
        lighting.account,
        role=Role.HANDLER,
        place=cast.district,
        office=cast.lights,
        by=SYSTEM,
        at=NOON,
    )
    known = {one.name: getattr(cast, one.name) for one in fields(cast)}
    return Town(**known, hotline=hotline, lighting=lighting)


def client(code: str, office: Office, **says: Any) -> Client:
    """Register a client."""
    return actions.register(code=code, name_zh=code, office=office, **says, by=SYSTEM, at=NOON)


def secret(client: Client, *scopes: str, at: datetime = NOON, days: int = 30) -> str:
    """Give a client a token and return its secret; without ``scopes`` for all of them."""
    wanted = scopes or Scope.values
    return actions.give_token(client, scopes=wanted, days=days, by=SYSTEM, at=at).secret


def meeting(town: Town) -> Summons:
    """Call both offices about a lamp, begin, and resolve one thing."""
    by = town.staff("dispatcher")
    call = meetings.Call(
        sort=Sort.WHISTLE_CALL,
        words="灯杆和路面一起看。",
        where="临水巷口",
        begins_at=NOON + timedelta(hours=3),
        offices=[town.lights, town.roads],
        place=town.grid,
        matter=matters.matter(town),
    )
    made = meetings.call(call, by=by, at=NOON)
    meetings.hold(made, by=by, at=NOON + timedelta(hours=3))
    meetings.resolve(
        made, office=town.lights, text="换灯。", until=date(2026, 3, 6), by=by, at=NOON
    )
    return made


def keys_of(made: Summons) -> dict[str, str]:
    """Return what is named by ``key``, by operation of the interface."""
    keys = {"meetings": made.pk, "resolved": made.resolutions.get().pk}
    keys["called"] = made.attendances.order_by("office__code")[0].pk
    return {
        f"{method} /api/v1/{name}/{{key}}{move}": str(key)
        for name, key in keys.items()
        for method, move in [("GET", ""), *(("POST", f"/{one}") for one in MEETING_MOVES)]
    }


MEETING_MOVES = [one.name for life in (SUMMONS, ATTENDANCE, RESOLUTION) for one in life.moves]

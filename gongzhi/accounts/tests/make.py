"""A small town for sign-in and posts: one community with two grids, one office, a few people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.accounts.models import Office, Post, Role, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.actions import seed_china
from gongzhi.places.models import Level, Place

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # Monday 12:00 in Shanghai
PASSWORD = "a long way to the lake"


@dataclass
class Town:
    community: Place
    grid: Place
    next_grid: Place
    lights: Office
    worker: User
    neighbour: User
    handler: User
    mate: User
    administrator: User


def town() -> Town:
    """Create the cast and return it."""
    names = ("district", "community", "grid")
    levels = [
        Level.objects.create(rank=n, code=name, name_zh=name, name_en=name)
        for n, name in enumerate(names, start=1)
    ]
    community = place("990101001001", "柳岸社区", levels[1])
    grid = place("990101001001001", "第一网格", levels[2], community)
    next_grid = place("990101001001002", "第二网格", levels[2], community)
    lights = found(
        code="lights",
        duty="lights",
        name_zh="路灯管理所",
        name_en="Street lights",
        place=community,
        calendar=seed_china(by=SYSTEM, at=NOON),
        by=SYSTEM,
        at=NOON,
    )
    return Town(
        community=community,
        grid=grid,
        next_grid=next_grid,
        lights=lights,
        worker=person("worker", Role.GRID_WORKER, grid),
        neighbour=person("neighbour", Role.GRID_WORKER, next_grid),
        handler=person("handler", Role.HANDLER, community, lights),
        mate=person("mate", Role.HANDLER, community, lights),
        administrator=person("administrator", Role.ADMINISTRATOR, community),
    )


def place(code: str, name: str, level: Level, parent: Place | None = None) -> Place:
    """Create a place without a boundary."""
    path = f"{parent.path if parent else ''}{code}/"
    return Place.objects.create(
        code=code, name_zh=name, name_en=code, level=level, parent=parent, path=path
    )


def person(name: str, role: str, where: Place, office: Office | None = None) -> User:
    """Open an account with `PASSWORD` and one post."""
    user = open_account(
        username=name, name_zh=f"{name}同志", name_en=name, password=PASSWORD, by=SYSTEM, at=NOON
    )
    appoint(user, role=role, place=where, office=office, by=SYSTEM, at=NOON)
    return user


def post(user: User) -> Post:
    """Return the one post of somebody of the cast."""
    return user.posts.get()

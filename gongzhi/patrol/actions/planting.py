"""Patrol for the demo: the checklists, some plans, rounds of the last days and of today, partly done."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.utils.timezone import localdate

from gongzhi.accounts.models import Post, Role
from gongzhi.accounts.queries import staff
from gongzhi.assets.models import Asset
from gongzhi.audit.actors import Actor
from gongzhi.matters.queries import catalogue
from gongzhi.patrol import queries, rules
from gongzhi.patrol.actions.checklists import seed_checklists
from gongzhi.patrol.actions.planning import Planned, add
from gongzhi.patrol.actions.rounds import make_rounds
from gongzhi.patrol.actions.visiting import Seen, Told, skip, visit
from gongzhi.patrol.models import Plan, Round
from gongzhi.places.models import Place

GRIDS = 6
DAYS = 4
FOUND = {
    "grid": (
        ("03", "井盖松动，车一过就响。"),
        ("19", "树枝断了，挂在人行道上方。"),
        ("12", "果皮箱满了，垃圾掉在地上。"),
    ),
    "fire": (("01", "消防车通道上堆着两排花箱。"),),
}


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:
    """Add the checklists, a plan or two for the first grids, and rounds of which some stops were visited."""
    seed_checklists(by=by, at=at - timedelta(days=DAYS))
    if Plan.objects.exists():
        return 0
    posts = Post.objects.held(at).filter(role=Role.GRID_WORKER).select_related("place", "user")
    n = 0
    for rank, post in enumerate(posts.order_by("place__path")[:GRIDS]):
        n += _plans(post.place, rank, by, at)
    for ago in range(DAYS, -1, -1):
        then = at - timedelta(days=ago)
        make_rounds(localdate(then), by=by, at=then)
        for of in Round.objects.filter(day=localdate(then)).order_by("chain", "pk"):
            _walk(of, then, all_of_it=ago > 0)
    return n


def _plans(grid: Place, rank: int, by: Actor, at: datetime) -> int:
    """Plan a daily round of a grid and its things, and of every second one a fire safety round."""
    on = localdate(at) - timedelta(days=DAYS)
    things = Asset.objects.standing().filter(chain=grid.path).order_by("code")
    codes = [grid.code, *islice((asset.code for asset in things), 5)]
    rounds = [("grid", "日常巡查", "看设施、看环境、看通道，当天发现当天报。", 1)]
    if rank % 2 == 0:
        rounds.append(("fire", "消防通道巡查", "消防车通道和疏散出口畅通。", 2))
    for code, name, duty, every in rounds:
        checklist = queries.checklists(on).get(code=code)
        planned = Planned(
            name=f"{grid.name_zh}{name}",
            duty=duty,
            area=grid,
            checklist=checklist,
            codes=codes,
            starts_on=on,
            role=Role.GRID_WORKER,
            every=every,
        )
        add(planned, by=by, at=at - timedelta(days=DAYS))
    return len(rounds)


def _walk(of: Round, at: datetime, *, all_of_it: bool) -> None:
    """Let who fills the post tell of the first stops, find something at one, and miss the last."""
    post = next(
        (
            one
            for one in Post.objects.held(at).filter(role=of.plan.role).select_related("user")
            if rules.fills(staff(one.user, at), of.plan.role, of.chain)
        ),
        None,
    )
    checklist = queries.checklist(of.plan.checklist_code, of.day)
    if post is None or checklist is None:
        return
    by, stops = staff(post.user, at), queries.stops(of)
    lines = {line.code: line for line in queries.lines(checklist)}
    some, seed = FOUND[checklist.code], of.pk.int
    for n, stop in enumerate(stops if all_of_it else stops[: len(stops) // 2]):
        dice = (seed >> n) % 7
        if dice == 0 and all_of_it:
            continue  # missed
        if dice == 1:
            skip(stop, why="门锁着，里面在施工。", by=by, at=at)
            continue
        code, said = some[seed % len(some)]
        kind = catalogue(localdate(at)).get(lines[code].kind_code)
        found = [Seen(lines[code], said, kind)] if dice == 2 and kind else []  # noqa: PLR2004
        visit(stop, Told(checklist, code=stop.code, seen=found), by=by, at=at)

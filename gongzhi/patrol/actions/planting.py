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
from gongzhi.patrol import queries, rules
from gongzhi.patrol.actions.checklists import seed_checklists
from gongzhi.patrol.actions.planning import Planned, add
from gongzhi.patrol.actions.rounds import make_rounds
from gongzhi.patrol.actions.visiting import Told, skip, visit
from gongzhi.patrol.models import Plan, Round
from gongzhi.places.models import Place

GRIDS = 6
DAYS = 4


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
    """Let who fills the post tell of the first stops and miss some.

    They find nothing: what is found is a real matter, and the demo's are synthetic.
    """
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
    seed = of.pk.int
    for n, stop in enumerate(stops if all_of_it else stops[: len(stops) // 2]):
        dice = (seed >> n) % 7
        if dice == 0 and all_of_it:
            continue  # missed
        if dice == 1:
            skip(stop, why="门锁着，里面在施工。", by=by, at=at)
            continue
        visit(stop, Told(checklist, code=stop.code), by=by, at=at)

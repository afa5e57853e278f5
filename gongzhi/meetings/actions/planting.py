"""Calls and a call list for the demo, by the real actions of those who serve there."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from gongzhi.accounts.models import Office, Post, Staff
from gongzhi.accounts.queries import office_for, posts_in, posts_of, staff
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.models import KindClass, Matter
from gongzhi.matters.states import WITH_OFFICE
from gongzhi.meetings.actions.answering import arrive, come, decline
from gongzhi.meetings.actions.calling import Call, Item, call, consult
from gongzhi.meetings.actions.holding import end, hold, resolve
from gongzhi.meetings.actions.listing import list_situation
from gongzhi.meetings.actions.resolving import report
from gongzhi.meetings.models import Situation, Summons
from gongzhi.meetings.rules import CALLERS
from gongzhi.meetings.states import Sort

SEED = Path(__file__).parents[1] / "seeds" / "call_list.csv"
WORDS = "现场的几处设施分属几家单位，请带图纸和工具到场，当场定下由谁来做。"
OUTCOME = "到场单位一起看了现场，定了分工和时间。"
TASK = "修好本单位负责的部分，拍照报告。"
AWAY = "人员在另一处抢修，另派人会后联系。"
MEETING = "汛期前把几件跨部门的事项定下来。"
TOPICS = ("汛期排水设施检查分工", "公共照明和行道树遮挡", "消防通道标识")
DUTIES = ("roads", "water", "greening", "urban_management", "utilities")
N_CALLS, N_CONSULTATIONS = 10, 4
HOUR = timedelta(hours=1)


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:
    """Fill the call list, and call offices about matters that are open; return how many calls."""
    if Summons.objects.exists():
        return 0
    plant_call_list(by=by, at=at)
    called = _whistle_calls(at)
    return called + _consultations(by, at) + _joint_meeting(at)


def plant_call_list(*, by: Actor, at: datetime) -> int:
    """List the situations of the seeds whose duty some office has; return how many were new."""
    known = set(Situation.objects.values_list("code", flat=True))
    classes = {one.code: one for one in KindClass.objects.all()}
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] not in known]
    for row in rows:
        del row["source"]
        kind_class = classes.get(row.pop("class_code"))
        code, within = row.pop("code"), int(row.pop("within_value"))
        listed_on = date(2025, 1, 1)
        list_situation(
            code,
            within_value=within,
            kind_class=kind_class,
            listed_on=listed_on,
            by=by,
            at=at,
            **row,
        )
    return len(rows)


def _whistle_calls(at: datetime) -> int:
    """Call three offices about each of some matters: some calls are over, others to come."""
    open_ones = Matter.objects.live().filter(state__in=WITH_OFFICE, public=True, urgent=False)
    open_ones = open_ones.filter(received_at__lte=at - timedelta(days=6))
    latest = list(open_ones.with_names().order_by("-received_at", "id")[:N_CALLS])
    for n, matter in enumerate(latest):
        caller = _somebody(CALLERS, matter.chain, at)
        duties = DUTIES[n % len(DUTIES)], DUTIES[(n + 2) % len(DUTIES)]
        found = [matter.office, *(office_for(duty, matter.chain) for duty in duties)]
        offices = list({office.pk: office for office in found if office}.values())
        if caller is None or not offices:
            continue
        then = at - timedelta(days=n // 2, hours=n % 2 + 1)
        given = Call(
            sort=Sort.WHISTLE_CALL,
            matter=matter,
            place=matter.place,
            words=WORDS,
            where=matter.address or matter.place.name_zh,
            begins_at=_working(then + (2 + n % 3) * HOUR),
            offices=offices,
        )
        _attended(call(given, by=caller, at=then), caller, at)
    return len(latest)


def _working(moment: datetime) -> datetime:
    """Return a full hour of a working day at or after ``moment``."""
    days = default_days()
    local = (moment.astimezone(days.zone) + HOUR).replace(minute=0, second=0, microsecond=0)
    day = days.after(local.date(), 0)
    if day != local.date() or not 9 <= local.hour <= 17:  # noqa: PLR2004  office hours
        day = days.after(local.date(), 1)
        local = local.replace(year=day.year, month=day.month, day=day.day, hour=9)
    return local


def _attended(summons: Summons, caller: Staff, at: datetime) -> None:
    """Let the offices answer, and where its time has passed hold it to its end."""
    begins, called = summons.begins_at, summons.called_at
    seats = list(summons.attendances.select_related("office").order_by("office__code"))
    answers = [seat for seat in seats if _handler(seat.office, at)][: max(1, len(seats) - 1)]
    for n, seat in enumerate(answers):
        seat.summons, who = summons, _handler(seat.office, at)
        then = min(called + (n + 1) * HOUR / 3, at)
        if who and n % 3 == 2:  # noqa: PLR2004  every third has no time
            decline(seat, reason=AWAY, by=who, at=then)
        elif who:
            come(seat, by=who, at=then)
    if begins + HOUR > at:
        return
    hold(summons, by=caller, at=begins)
    for seat in seats[:2]:
        seat.refresh_from_db()
        seat.summons = summons
        arrive(seat, by=caller, at=begins)
    _resolved(summons, caller, seats[0].office, begins, at)


def _resolved(
    summons: Summons, caller: Staff, owner: Office, begins: datetime, at: datetime
) -> None:
    until = default_days().after(begins.date(), 3)
    resolve(summons, office=owner, text=TASK, until=until, by=caller, at=begins)
    end(summons, outcome=OUTCOME, by=caller, at=begins + HOUR)
    one, who = summons.resolutions.get(), _handler(owner, at)
    one.summons = summons
    if who and begins + timedelta(days=2) < at:
        report(one, words=OUTCOME, by=who, at=begins + timedelta(days=1))


def _consultations(by: Actor, at: datetime) -> int:
    """Open the consultations that a running house would have opened after the second bounce."""
    bounced = Matter.objects.live().filter(bounces__gte=2, sealed=False)
    some = bounced.with_names().order_by("-received_at", "id")[:N_CONSULTATIONS]
    return sum(consult(matter, by=by, at=at) is not None for matter in some)


def _joint_meeting(at: datetime) -> int:
    """Call the first offices of the largest place together, with topics for an agenda."""
    offices = list(Office.objects.filter(is_active=True).order_by("place__path", "code")[:6])
    caller = _somebody(CALLERS, offices[0].place.path, at) if offices else None
    if caller is None:
        return 0
    given = Call(
        sort=Sort.JOINT_MEETING,
        place=offices[0].place,
        words=MEETING,
        where=offices[0].name_zh,
        begins_at=_working(at + timedelta(days=1)),
        offices=offices,
        agenda=[Item(topic=topic) for topic in TOPICS],
    )
    call(given, by=caller, at=at)
    return 1


def _somebody(roles: tuple[str, ...], path: str, at: datetime) -> Staff | None:
    for role in roles:
        if found := _first(posts_of(role, path, at), at):
            return found
    return None


def _handler(office: Office, at: datetime) -> Staff | None:
    return _first(posts_in(office.pk, at), at)


def _first(posts: QuerySet[Post], at: datetime) -> Staff | None:
    post = posts.select_related("user").order_by("user__username").first()
    return staff(post.user, at) if post else None

"""Rounds are planned: what, who, when, what for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.assets.models import Asset
from gongzhi.assets.objects import refuse_no_thing
from gongzhi.assets.queries import target
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.moves import MoveLost, permitted, seen, shift
from gongzhi.patrol import rules
from gongzhi.patrol.clocks import Rest
from gongzhi.patrol.models import Checklist, Plan, Spot
from gongzhi.patrol.states import ONLY_PLANNER, PLAN
from gongzhi.places.models import Place

MOST_SPOTS = 60
of_plan = permitted(PLAN, rules)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is said of a plan: area, walker, time and duty (定片、定人、定时、定责)."""

    name: str
    duty: str
    area: Place
    checklist: Checklist
    codes: Sequence[str]  # of the places and things, in the order of the round
    starts_on: date
    role: str = ""
    office: Office | None = None
    ends_on: date | None = None
    every: int | None = None
    weekdays: str = ""
    dates: Sequence[str] = ()
    rest: str = Rest.WALK
    opens: time | None = None
    closes: time | None = None


@transaction.atomic
def add(planned: Planned, *, by: Actor, at: datetime) -> Plan:
    """Add a plan; its first round is made by the next beat.

    :raises ValidationError: no rhythm, no or too many spots, one outside the area, a checklist of others
    """
    if not rules.may_plan_at(by, planned.area.path):
        raise PermissionDenied(ONLY_PLANNER)
    plan = Plan(**_columns(planned))
    spots = _check(plan, planned, localdate(at))
    plan.save(force_insert=True)
    _put(plan, spots)
    record(plan, verb="plan.add", by=by, at=at, first=True, facts=_facts(plan, spots))
    return plan


@transaction.atomic
def change(
    plan: Plan, planned: Planned, *, version: int | None = None, by: Actor, at: datetime
) -> None:
    """Change a plan from the next round on; rounds that are made stay as they are.

    :raises ValidationError: as `add`
    :raises MoveLost: somebody else changed it first
    """
    if not (rules.may_change(by, plan) and rules.may_plan_at(by, planned.area.path)):
        raise PermissionDenied(ONLY_PLANNER)
    seen(plan, version)
    columns = _columns(planned)
    fresh = Plan(id=plan.pk, **columns)
    spots = _check(fresh, planned, localdate(at))
    held = Plan.objects.filter(pk=plan.pk, version=plan.version)
    if not held.update(**columns, version=plan.version + 1):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    plan.refresh_from_db()
    plan.spots.all().delete()
    _put(plan, spots)
    record(plan, verb="plan.change", by=by, at=at, facts=_facts(plan, spots))


@of_plan
def pause(plan: Plan, *, by: Actor, at: datetime) -> None:
    """Make no further rounds until it goes on."""
    _move(plan, "pause", by, at)


@of_plan
def resume(plan: Plan, *, by: Actor, at: datetime) -> None:
    """Make rounds again."""
    _move(plan, "resume", by, at)


@of_plan
def end(plan: Plan, *, by: Actor, at: datetime) -> None:
    """End it for good; its rounds stay."""
    _move(plan, "end", by, at)


def _move(plan: Plan, name: str, by: Actor, at: datetime) -> None:
    shift(plan, PLAN, PLAN[name])
    record(plan, verb=f"plan.{name}", by=by, at=at, facts={"to": plan.state})


def _columns(planned: Planned) -> dict[str, Any]:
    return {
        "name": text.clean(planned.name),
        "duty": text.clean(planned.duty),
        "area": planned.area,
        "chain": planned.area.path,
        "checklist_code": planned.checklist.code,
        "role": planned.role,
        "office": planned.office,
        "starts_on": planned.starts_on,
        "ends_on": planned.ends_on,
        "every": planned.every,
        "weekdays": "".join(sorted(set(planned.weekdays))),
        "dates": sorted(set(planned.dates)),
        "rest": planned.rest,
        "opens": planned.opens,
        "closes": planned.closes,
    }


def _check(plan: Plan, planned: Planned, on: date) -> list[Spot]:
    """Return the spots of a plan that can be.

    :raises ValidationError: it cannot be
    """
    for name in ("name", "duty"):
        try:
            refuse_no_thing(getattr(plan, name))
        except ValidationError as fault:
            raise ValidationError({name: fault}) from fault
    if not (plan.every or plan.weekdays or plan.dates):
        raise ValidationError(
            {"every": _("Say when: every so many days, on weekdays, or on certain days.")}
        )
    if (plan.opens is None) != (plan.closes is None) or (
        plan.opens and plan.closes and plan.opens >= plan.closes
    ):
        raise ValidationError({"opens": _("The hours go from an earlier to a later time.")})
    if not rules.may_use(planned.checklist, plan.chain):
        raise ValidationError({"checklist": _("This checklist belongs to another place.")})
    spots = _spots(plan, planned.codes, on)
    plan.full_clean(exclude=["area", "id"])
    return spots


def _spots(plan: Plan, codes: Sequence[str], on: date) -> list[Spot]:
    if not codes:
        raise ValidationError({"codes": _("Choose at least one place or thing to look at.")})
    if len(codes) > MOST_SPOTS:
        raise ValidationError(
            {
                "codes": _("A round has at most %(most)d stops: make two plans of it.")
                % {"most": MOST_SPOTS}
            }
        )
    spots, faults = [], []
    for n, code in enumerate(dict.fromkeys(codes), start=1):
        thing = target(code, on)
        path = thing.chain if isinstance(thing, Asset) else thing.path if thing else ""
        if not thing:
            faults.append(
                _("No place and no thing of ours in use has the code %(code)s.") % {"code": code}
            )
        elif not path.startswith(plan.chain):
            faults.append(
                _("“%(name)s” (%(code)s) lies outside the area of this plan.")
                % {"name": thing.name, "code": code}
            )
        elif isinstance(thing, Asset):
            spots.append(Spot(plan=plan, rank=n, asset=thing))
        else:
            spots.append(Spot(plan=plan, rank=n, place=thing))
    if faults:
        raise ValidationError({"codes": faults})
    return spots


def _put(plan: Plan, spots: list[Spot]) -> None:
    for spot in spots:
        spot.plan = plan
    Spot.objects.bulk_create(spots)


def _facts(plan: Plan, spots: list[Spot]) -> dict[str, Any]:
    names = ("name", "duty", "checklist_code", "role", "every", "weekdays", "dates", "rest")
    return {name: getattr(plan, name) for name in names} | {
        "area": plan.area.code,
        "office": plan.office.code if plan.office else "",
        "starts_on": plan.starts_on.isoformat(),
        "ends_on": plan.ends_on.isoformat() if plan.ends_on else "",
        "opens": plan.opens.isoformat() if plan.opens else "",
        "closes": plan.closes.isoformat() if plan.closes else "",
        "spots": [spot.code for spot in spots],
    }

"""Who reads, registers, orders, puts right and accepts: pure functions of actor and hazard."""

from __future__ import annotations

from django.db.models import Q

from gongzhi.accounts.models import ON_FOOT, Role, Staff
from gongzhi.accounts.queries import house
from gongzhi.audit.actors import Actor, System
from gongzhi.hazards.models import Check, Hazard, HazardQuerySet
from gongzhi.matters.models import Matter, Object
from gongzhi.places.queries import below

ORDERS = (Role.DISPATCHER, Role.SUPERVISOR)
ACCEPTS = (Role.INSPECTOR, Role.SUPERVISOR)
REGISTERS = (
    *(*ON_FOOT, Role.ACCEPTOR, Role.HANDLER, Role.HEAD, Role.DUTY_OFFICER),
    *(Role.DISPATCHER, Role.INSPECTOR, Role.SUPERVISOR),
)


def visible(hazards: HazardQuerySet, to: Staff) -> HazardQuerySet:
    """Narrow to the hazards of the places ``to`` serves and of the own offices, in the same query."""
    seen = below("chain", {held.path for held in to.posts})
    if theirs := to.offices():
        seen |= Q(office__in=theirs)
    return hazards.filter(seen)


def may_see(by: Actor, hazard: Hazard) -> bool:
    """Return whether `visible` would keep ``hazard``."""
    if not isinstance(by, Staff):
        return isinstance(by, System)
    return by.serves_office(hazard.office_id) or any(
        hazard.chain.startswith(held.path) for held in by.posts
    )


def may_manage(by: Actor) -> bool:
    """Return whether ``by`` may change kinds, the matrix and checklists."""
    return by.is_administrator()


def may_register(by: Actor, path: str) -> bool:
    """Return whether ``by`` may register a hazard at the place of ``path``."""
    return _serves(by, path, *REGISTERS)


def may_register_any(by: Actor) -> bool:
    """Return whether there is a place for which ``by`` may register a hazard."""
    return isinstance(by, System) or (isinstance(by, Staff) and by.has_role(*REGISTERS))


def may_register_of(by: Actor, matter: Matter) -> bool:
    """Return whether a matter may become a hazard: nothing sealed, of an office or of somebody's own."""
    kept_apart = matter.sealed or matter.about_office_id or not matter.public
    of_things = matter.kind.object in (Object.PLACE, Object.ASSET)
    return of_things and not kept_apart and may_register(by, matter.chain)


def may_order(by: Actor, hazard: Hazard) -> bool:
    return _serves(by, hazard.chain, *ORDERS)


may_grade = may_withdraw = may_order


def may_postpone(by: Actor, hazard: Hazard) -> bool:
    """Return whether ``by`` may move the date: who orders, but nobody of the responsible house."""
    return may_order(by, hazard) and _outside(by, hazard)


def may_fix(by: Actor, hazard: Hazard) -> bool:
    return may_order(by, hazard) or _of_office(by, hazard)


may_explain = may_fix


def may_protect(by: Actor, hazard: Hazard) -> bool:
    return may_register(by, hazard.chain) or _of_office(by, hazard)


def may_rectify(by: Actor, hazard: Hazard) -> bool:
    return isinstance(by, System) or _of_office(by, hazard)


def may_accept(by: Actor, hazard: Hazard) -> bool:
    """Return whether ``by`` checks the place and is of no office of the responsible house."""
    return _serves(by, hazard.chain, *ACCEPTS) and _outside(by, hazard)


may_fail = may_accept


def may_supervise(by: Actor, hazard: Hazard) -> bool:
    return _serves(by, hazard.chain, Role.SUPERVISOR) and _outside(by, hazard)


may_lift = may_supervise


def may_remind(by: Actor) -> bool:
    """Return whether ``by`` may remind of dates: the system alone."""
    return isinstance(by, System)


def may_plan(by: Actor, path: str) -> bool:
    """Return whether ``by`` may have the place of ``path`` checked every so often."""
    return by.is_administrator() or _serves(by, path, Role.SUPERVISOR)


def may_plan_any(by: Actor) -> bool:
    """Return whether there is a place that ``by`` may have checked."""
    return by.is_administrator() or (isinstance(by, Staff) and by.has_role(Role.SUPERVISOR))


def may_visit(by: Actor, check: Check) -> bool:
    """Return whether ``by`` may make a check: whoever may register a hazard there."""
    return may_register(by, check.chain)


def _serves(by: Actor, path: str, *roles: str) -> bool:
    if isinstance(by, Staff):
        return any(by.serves(role, path) for role in roles)
    return isinstance(by, System)


def _of_office(by: Actor, hazard: Hazard) -> bool:
    return isinstance(by, Staff) and by.serves_office(hazard.office_id)


def _outside(by: Actor, hazard: Hazard) -> bool:
    theirs = house([hazard.office_id])
    return not (isinstance(by, Staff) and theirs & set(by.offices()))

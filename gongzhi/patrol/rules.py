"""Who plans, walks and reads rounds: pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gongzhi.accounts.models import ON_FOOT, Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.patrol.models import Checklist, Plan, Round, Stop

PLANNERS = (Role.GRID_LEAD, Role.SUPERVISOR)


@dataclass(frozen=True)
class Volunteer(Actor):
    """Whoever has the link of a round that is open to volunteers: nobody by name."""

    round: UUID | None = None


def volunteer(round_: Round) -> Volunteer:
    """Return the actor for whoever came by the link of ``round_``."""
    return Volunteer(None, "volunteer", round_.pk)


def may_read(by: Actor) -> bool:
    """Return whether ``by`` reads plans, checklists and figures: everybody with a post."""
    return isinstance(by, Staff) and bool(by.posts)


def may_plan_at(by: Actor, path: str) -> bool:
    """Return whether ``by`` plans rounds for the place at ``path``."""
    if by.is_administrator():
        return True
    return isinstance(by, Staff) and any(by.serves(role, path) for role in PLANNERS)


def may_plan_any(by: Actor) -> bool:
    """Return whether there is a place for which ``by`` plans rounds."""
    return by.is_administrator() or (isinstance(by, Staff) and by.has_role(*PLANNERS))


def may_list(by: Actor, path: str) -> bool:
    """Return whether ``by`` keeps the checklists of the place at ``path``; "" is everywhere."""
    return by.is_administrator() if not path else may_plan_at(by, path)


def may_pause(by: Actor, plan: Plan) -> bool:
    return may_plan_at(by, plan.chain)


may_resume = may_end = may_change = may_pause


def may_use(checklist: Checklist, path: str) -> bool:
    """Return whether a plan for the place at ``path`` may use ``checklist``."""
    return checklist.place is None or path.startswith(checklist.place.path)


def may_walk(by: Actor, round_: Round) -> bool:
    """Return whether ``by`` has the round: whom it was handed to, else who fills its post or office."""
    if not isinstance(by, Staff):
        return False
    if round_.holder_id:
        return by.id == round_.holder_id
    if round_.plan.office_id:
        return by.serves_office(round_.plan.office_id)
    return fills(by, round_.plan.role, round_.chain)


def fills(by: Staff, role: str, path: str) -> bool:
    """Return whether a post of ``by`` in ``role`` covers the place at ``path`` or lies in it."""
    return any(path.startswith(held) or held.startswith(path) for held in by.paths(role))


def may_see(by: Actor, round_: Round) -> bool:
    """Return whether ``by`` opens the page of a round."""
    return may_walk(by, round_) or may_plan_at(by, round_.chain)


may_hand_over = may_see


def may_withdraw(by: Actor, round_: Round) -> bool:
    return may_plan_at(by, round_.chain)


may_open_up = may_shut = may_withdraw


def may_visit(by: Actor, stop: Stop) -> bool:
    """Return whether ``by`` may tell of a stop: whoever has the round, or came by its link."""
    if isinstance(by, Volunteer):
        return by.round == stop.round_id and bool(stop.round.opened)
    return may_walk(by, stop.round)


def may_skip(by: Actor, stop: Stop) -> bool:
    return may_walk(by, stop.round)


def may_settle(by: Actor, path: str) -> bool:
    """Return whether ``by`` settles small things on the spot at ``path``: who serves there on foot."""
    return isinstance(by, Staff) and any(by.serves(role, path) for role in ON_FOOT)


def may_begin(by: Actor) -> bool:
    """Return whether ``by`` makes the rounds of a day and forgets those of others: the system alone."""
    return isinstance(by, System)


def is_on_foot(by: Actor) -> bool:
    """Return whether the pages are shown to ``by`` as to whoever works in the field."""
    return isinstance(by, Staff) and by.has_role(*ON_FOOT)

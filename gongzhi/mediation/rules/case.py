"""Who somebody is to a case, what they read of it, and which of its moves they may make."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.mediation.models import Assignment, Case
from gongzhi.mediation.states import UNSEALED, State
from gongzhi.mediation.words import APPLICANT
from gongzhi.parties.rules import Member

CLERKS = (Role.HANDLER, Role.HEAD)
TAKE_IN = (Role.ACCEPTOR, Role.DISPATCHER)


def committees(by: Actor, *roles: str) -> set[UUID]:
    """Return the offices in which ``by`` serves in any of ``roles``."""
    if not isinstance(by, Staff):
        return set()
    return {held.office for held in by.posts if held.office and held.role in roles}


def is_clerk(by: Actor, case: Case) -> bool:
    """Return whether ``by`` keeps the register of the committee that has the case, or heads it."""
    return case.committee_id in committees(by, *CLERKS)


def is_head(by: Actor, case: Case) -> bool:
    """Return whether ``by`` heads the committee that has the case."""
    return case.committee_id in committees(by, Role.HEAD)


def assignment(by: Actor, case: Case) -> Assignment | None:
    """Return as what ``by`` is named as mediator now."""
    if not isinstance(by, Staff):
        return None
    return next((one for one in case.mediators if one.mediator.user_id == by.id), None)


def is_mediator(by: Actor, case: Case) -> bool:
    """Return whether ``by`` mediates: is named, and has declared that nothing ties them."""
    named = assignment(by, case)
    return named is not None and named.declared_at is not None


def is_of(by: Actor, case: Case) -> bool:
    """Return whether ``by`` is a party of the case, or represents one."""
    return isinstance(by, Member) and by.is_of(case.pk)


def visible(cases: QuerySet[Case], to: Actor) -> QuerySet[Case]:
    """Narrow ``cases`` to those of whose committee ``to`` is a clerk, that ``to`` is named for, or is of."""
    if isinstance(to, Member):
        return cases.filter(pk=to.file)
    if not isinstance(to, Staff):
        return cases.none()
    mine = Assignment.objects.filter(case=OuterRef("pk"), mediator__user=to.id, ended_at=None)
    return cases.filter(
        Q(committee__in=committees(to, *CLERKS)) | Q(Exists(mine), state__in=UNSEALED)
    )


def may_see(by: Actor, case: Case) -> bool:
    """Return whether `visible` would keep ``case``."""
    named = assignment(by, case) is not None and case.state in UNSEALED
    return is_of(by, case) or is_clerk(by, case) or named


def may_read_story(by: Actor, case: Case) -> bool:
    """Return whether ``by`` reads what was written in the application: not the other parties."""
    applied = is_of(by, case) and getattr(by, "role", "") == APPLICANT
    return case.state in UNSEALED and (applied or is_clerk(by, case) or is_mediator(by, case))


def may_enter(by: Actor, case: Case, room: UUID | None) -> bool:
    """Return whether ``by`` may be in a room: a party in the joint one and their own, a mediator in all."""
    if case.state not in UNSEALED:
        return False
    if isinstance(by, Member):
        return by.is_of(case.pk) and room in (None, by.side)
    return is_mediator(by, case)


def may_take_in(by: Actor, path: str) -> bool:
    """Return whether ``by`` may apply for somebody at the place: who takes in there, and committees."""
    if not isinstance(by, Staff):
        return False
    return any(by.serves(role, path) for role in TAKE_IN) or any(
        held.office and held.role in CLERKS and path.startswith(held.path) for held in by.posts
    )


def may_apply(by: Actor, path: str) -> bool:
    """Return whether ``by`` may apply: anybody for themselves, staff for somebody at their places."""
    return not isinstance(by, Staff) or may_take_in(by, path)


def may_list(by: Actor, committee: UUID) -> bool:
    """Return whether ``by`` may change the roster of a committee."""
    return by.is_administrator() or committee in committees(by, Role.HEAD)


def may_invite(by: Actor, case: Case) -> bool:
    return is_clerk(by, case)


may_decline = may_admit = may_assign = may_close = may_archive = may_invite


def may_consent(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may say where a party stands, or write down what the party said."""
    return is_of(by, case) or is_clerk(by, case)


may_refuse = may_revoke = may_consent


def may_withdraw(by: Actor, case: Case) -> bool:
    return is_of(by, case) and getattr(by, "role", "") == APPLICANT


def may_choose(by: Actor, case: Case) -> bool:
    return is_of(by, case)


may_challenge = may_allow_longer = may_choose


def may_declare(by: Actor, case: Case) -> bool:
    named = assignment(by, case)
    return named is not None and named.declared_at is None


def may_step_down(by: Actor, case: Case) -> bool:
    return assignment(by, case) is not None


def may_relieve(by: Actor, case: Case) -> bool:
    return is_head(by, case)


def may_begin(by: Actor, case: Case) -> bool:
    return is_mediator(by, case)


may_prolong = may_fail = may_begin


def may_settle(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may record the agreement: its mediator, and the system after the last yes."""
    return isinstance(by, System) or is_mediator(by, case)


def may_visit(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may ask the parties afterwards: the mediator or the committee's clerk."""
    return is_mediator(by, case) or is_clerk(by, case)


def may_release(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may let papers go to whoever decides next: for their own side."""
    return is_of(by, case)


def may_read_pack(by: Actor, case: Case) -> bool:
    """Return whether ``by`` has the pack for whoever decides next: the parties and the mediator."""
    return case.state == State.ENDED and may_enter(by, case, None)


def may_erase(by: Actor, case: Case) -> bool:  # noqa: ARG001
    """Return whether ``by`` may erase a file: the clock alone, so that nobody can do it early."""
    return isinstance(by, System)

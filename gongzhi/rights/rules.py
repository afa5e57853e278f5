"""Who keeps the rights of people, and who asks: pure functions."""

from __future__ import annotations

from django.db.models import Q

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import Holder, barred, may_erase, unbarred
from gongzhi.places.queries import below
from gongzhi.rights.models import Assessment, Hold, SubjectRequest


def may_keep(by: Actor) -> bool:
    """Return whether ``by`` sees the pages of the data officer."""
    return isinstance(by, Staff) and by.has_role(Role.DATA_OFFICER)


def may_set(by: Actor) -> bool:
    """Return whether ``by`` sets terms and limits, writes assessments."""
    return may_keep(by) or isinstance(by, System)


may_assess = may_settle = may_set


def may_approve(by: Actor, assessment: Assessment) -> bool:
    """Return whether ``by`` may approve an assessment: a data officer or administrator who did not write it."""
    known = may_keep(by) or by.is_administrator()
    return isinstance(by, System) or (known and by.id != assessment.written_by)


def may_ask(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` may ask about the data of ``matter``: who has shown its receipt code."""
    return isinstance(by, Holder) and by.matter == matter.pk


def may_withdraw(by: Actor, request: SubjectRequest) -> bool:
    return may_ask(by, request.matter)


def may_examine(by: Actor, request: SubjectRequest) -> bool:
    """Return whether ``by`` answers a request: the data officer of its place, unless it complains of them."""
    return isinstance(by, Staff) and may_erase(by, request.matter)


may_grant = may_refuse = may_examine


def may_hold(by: Actor, matter: Matter) -> bool:
    return isinstance(by, Staff) and may_erase(by, matter)


def may_lift(by: Actor, hold: Hold) -> bool:
    return may_hold(by, hold.matter)


def may_sweep(by: Actor) -> bool:
    """Return whether ``by`` may erase what is over its time: time itself."""
    return isinstance(by, System)


may_note_unusual = may_sweep


def visible(to: Staff, before: str = "matter__") -> Q:
    """Return as a condition what of requests and holds ``to`` sees: of their places, not kept from them."""
    return below(f"{before}chain", to.paths(Role.DATA_OFFICER)) & unbarred(to, before)


def may_see(by: Staff, matter: Matter) -> bool:
    """Return whether `visible` would keep it."""
    return by.serves(Role.DATA_OFFICER, matter.chain) and not barred(by, matter)

"""Who keeps the rights of people, and who asks: pure functions."""

from __future__ import annotations

from django.db.models import Q

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import Holder, barred, may_erase, unbarred
from gongzhi.parties.businesses import FILES
from gongzhi.parties.models import Party
from gongzhi.parties.rules import Member, may_answer
from gongzhi.places.queries import below
from gongzhi.rights.models import Assessment, Hold, SubjectRequest, UnusualLook, Whose


def may_keep(by: Actor) -> bool:
    """Return whether ``by`` sees the pages of the data officer, with what is of their places."""
    return isinstance(by, Staff) and by.has_role(Role.DATA_OFFICER)


def may_oversee(by: Actor) -> bool:
    """Return whether ``by`` sees what is of no place: terms, looks of colleagues, assessments."""
    return isinstance(by, Staff) and by.serves_all(Role.DATA_OFFICER)


def may_set(by: Actor) -> bool:
    """Return whether ``by`` sets terms and limits, writes assessments."""
    return may_oversee(by) or isinstance(by, System)


may_assess = may_set


def may_settle(by: Actor, unusual: UnusualLook) -> bool:
    """Return whether ``by`` may say what an unusual look was: never of their own."""
    return may_set(by) and (by.id is None or by.id != unusual.look.by_id)


def may_approve(by: Actor, assessment: Assessment) -> bool:
    """Return whether ``by`` may approve an assessment: a data officer or administrator who did not write it."""
    known = may_oversee(by) or by.is_administrator()
    return isinstance(by, System) or (known and by.id != assessment.written_by)


def may_ask(by: Actor, whose: Whose) -> bool:
    """Return whether ``by`` may ask about the data of ``whose``: who has shown the receipt code."""
    if isinstance(whose, Party):
        return isinstance(by, Member) and by.party == whose.pk
    return isinstance(by, Holder) and by.matter == whose.pk


def may_withdraw(by: Actor, request: SubjectRequest) -> bool:
    return may_ask(by, request.whose)


def may_examine(by: Actor, request: SubjectRequest) -> bool:
    """Return whether ``by`` answers a request: the data officer of its place, unless it complains of them."""
    if not isinstance(by, Staff):
        return False
    if request.asker:
        return may_answer(by, request.asker)
    return may_erase(by, _matter(request))


def _matter(request: SubjectRequest) -> Matter:
    assert request.matter  # noqa: S101  where there is no party
    return request.matter


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
    """Return as a condition what hangs on matters of their places that are not kept from ``to``."""
    return below(f"{before}chain", to.paths(Role.DATA_OFFICER)) & unbarred(to, before)


def visible_requests(to: Staff) -> Q:
    """Return as a condition what of requests ``to`` sees: of matters, and of sealed files not kept from them."""
    theirs = Q(asker__isnull=False) & below("chain", to.paths(Role.DATA_OFFICER))
    for files in FILES.values():
        theirs &= ~Q(asker__file__in=files.hidden(to).values("pk"))
    return visible(to) | theirs


def may_see(by: Staff, request: SubjectRequest) -> bool:
    """Return whether `visible_requests` would keep it."""
    if request.asker:
        return may_answer(by, request.asker)
    matter = _matter(request)
    return by.serves(Role.DATA_OFFICER, matter.chain) and not barred(by, matter)

"""Who may call offices together, answer, hold, resolve; and who sees what: pure functions."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.matters.models import Matter, Object
from gongzhi.matters.rules import barred, unbarred
from gongzhi.meetings.models import Attendance, Resolution, Summons, SummonsQuerySet
from gongzhi.places.queries import below

CALLERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER)
TOWNSHIP = 2  # how many codes of a path name a township


def convened(by: Actor) -> tuple[str, ...]:
    """Return the paths of the places, townships or above, for which ``by`` calls offices together."""
    if not isinstance(by, Staff):
        return ()
    return tuple(path for path in by.paths(*CALLERS) if path.count("/") <= TOWNSHIP)


def township(path: str) -> str:
    """Return the path of the township of a place, or ``path`` where that lies above."""
    return "".join(f"{code}/" for code in path.split("/")[:-1][:TOWNSHIP])


def may_call(by: Actor, path: str) -> bool:
    """Return whether ``by`` may call offices together about the place at ``path``."""
    return any(path.startswith(one) for one in convened(by))


def may_consult(by: Actor, path: str) -> bool:
    """Return whether ``by`` may open a consultation: callers, and the system after many bounces."""
    return isinstance(by, System) or may_call(by, path)


def is_kept(matter: Matter) -> bool:
    """Return whether ``matter`` complains about an office or is kept from a colleague.

    It goes its own way: no offices are called together about it.
    """
    about = matter.about_office_id is not None or matter.kind_code == settings.COMPLAINT_KIND
    return about or bool(matter.kept_from)


def is_open_to_many(matter: Matter) -> bool:
    """Return whether offices that never had ``matter`` may be called about it.

    Only what is about places, assets and services: never somebody's own request, a petition, or
    whatever else its kind seals.
    """
    return not (matter.sealed or is_kept(matter)) and matter.kind.object != Object.OWN_REQUEST


def visible(summonses: SummonsQuerySet, to: Actor) -> SummonsQuerySet:
    """Narrow ``summonses`` to those ``to`` convenes, and those the own office was called to.

    What is about a matter that is kept from ``to`` is nowhere among it.
    """
    if not isinstance(to, Staff):
        return summonses.none()
    seen = below("chain", convened(to))
    if offices := to.offices():
        called = Attendance.objects.filter(summons=OuterRef("pk"), office__in=offices)
        seen |= Q(Exists(called))
    return summonses.filter(Q(matter=None) | unbarred(to, "matter__"), seen)


def may_see(by: Actor, summons: Summons) -> bool:
    """Return whether `visible` would keep ``summons``; one query for who does not convene it."""
    return may_hold(by, summons) or visible(Summons.objects.filter(pk=summons.pk), by).exists()


def may_hold(by: Actor, summons: Summons) -> bool:
    kept = summons.matter is not None and barred(by, summons.matter)
    return may_call(by, summons.chain) and not kept


may_resolve = may_end = may_reschedule = may_cancel = may_hold


def may_come(by: Actor, attendance: Attendance) -> bool:
    return isinstance(by, Staff) and by.serves_office(attendance.office_id)


may_decline = may_come


def may_arrive(by: Actor, attendance: Attendance) -> bool:
    return may_hold(by, attendance.summons)


def may_report(by: Actor, resolution: Resolution) -> bool:
    return isinstance(by, Staff) and by.serves_office(resolution.office_id)


def may_approve(by: Actor, resolution: Resolution) -> bool:
    """Return whether ``by`` may say that it is done: who convenes, and is not of the office itself."""
    return may_hold(by, resolution.summons) and not may_report(by, resolution)


may_rework = may_approve


def may_entrust(by: Actor, resolution: Resolution) -> bool:
    return may_hold(by, resolution.summons)


may_raise_matter = may_entrust


def may_list(by: Actor) -> bool:
    """Return whether ``by`` may change the call list."""
    return by.is_administrator()

"""Who may ask a grid worker for what, and who may do it: pure functions."""

from __future__ import annotations

from django.db.models import Q

from gongzhi.accounts.models import ON_FOOT, Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.base.seal import keyed_hash
from gongzhi.errands.models import Errand, ErrandQuerySet
from gongzhi.errands.states import Sort
from gongzhi.matters import rules
from gongzhi.matters.models import Matter
from gongzhi.places.queries import below

SEES = (*rules.WORKS, Role.GRID_LEAD, Role.LEADER)
ASKS = {
    Sort.VERIFY: rules.may_sort,
    Sort.INSPECT: rules.may_inspect,
    Sort.VISIT: rules.may_follow_up,
    Sort.DELIVER: rules.may_sort,
}


def is_kept(matter: Matter) -> bool:
    """Return whether nobody is sent about ``matter``: it is sealed, or complains about an office."""
    return matter.sealed or matter.about_office_id is not None


def may_ask(by: Actor, matter: Matter, sort: str) -> bool:
    """Return whether ``by`` may ask for ``sort`` about ``matter``; for a check one query for offices."""
    return not is_kept(matter) and ASKS[Sort(sort)](by, matter)


def may_withdraw(by: Actor, errand: Errand) -> bool:
    return isinstance(by, System) or may_ask(by, errand.matter, errand.sort)


def _walks(by: Actor, errand: Errand) -> bool:
    """Return whether it is the errand of ``by``, or of somebody they stand in for."""
    if not isinstance(by, Staff) or rules.barred(by, errand.matter):
        return False
    mine = by.id == errand.worker_id and by.has_role(Role.GRID_WORKER)
    return mine or any(
        held.role == Role.GRID_WORKER and held.instead_of and errand.chain.startswith(held.path)
        for held in by.posts
    )


def _leads(by: Actor, errand: Errand) -> bool:
    leads = isinstance(by, Staff) and by.serves(Role.GRID_LEAD, errand.chain)
    return leads and not rules.barred(by, errand.matter)


def may_take(by: Actor, errand: Errand) -> bool:
    return _walks(by, errand)


def may_finish(by: Actor, errand: Errand) -> bool:
    """Return whether ``by`` may do it: whose it is or was before it was handed over, or the lead.

    A check after handling only who is of no office that worked on it: one query for offices.
    """
    if not (_walks(by, errand) or _handed(by, errand) or _leads(by, errand)):
        return False
    return errand.sort != Sort.INSPECT or not rules.took_part(by, errand.matter_id)


def _handed(by: Actor, errand: Errand) -> bool:
    mine = isinstance(by, Staff) and by.id == errand.handed_by_id
    return mine and not rules.barred(by, errand.matter)


may_fail = may_finish


def may_hand_over(by: Actor, errand: Errand) -> bool:
    return _walks(by, errand) or _leads(by, errand)


def may_keep(by: Actor, errand: Errand) -> bool:
    """Return whether ``by`` may leave words on what has ended: whoever walks in its community."""
    if not isinstance(by, Staff) or rules.barred(by, errand.matter):
        return False
    around = community(errand.chain)
    return any(path.startswith(around) or around.startswith(path) for path in by.paths(*ON_FOOT))


def community(chain: str) -> str:
    """Return the path of the place above the one at ``chain``: where its colleagues serve."""
    return chain.rsplit("/", 2)[0] + "/" if chain.count("/") > 1 else chain


def may_reach(by: Actor, errand: Errand) -> bool:
    """Return whether ``by`` must reach the requester for it: who visits them, while it is open."""
    return errand.sort == Sort.VISIT and errand.is_open and _walks(by, errand)


def own_hash(by: Actor, month: str) -> str:
    """Return by which hash what ``by`` ended in a month, such as 2026-03, is kept."""
    return keyed_hash("errands", f"{by.id}:{month}") if by.id else ""


def may_read(by: Actor, errand: Errand, month: str) -> bool:
    """Return whether ``by`` may open its page; ``month`` is the one in which it ended."""
    if _walks(by, errand) or _handed(by, errand) or _leads(by, errand):
        return True
    return bool(errand.own_hash) and errand.own_hash == own_hash(by, month)


def may_hear(by: Actor, errand: Errand) -> bool:
    """Return whether ``by`` may learn what came of it; of a visit no office that worked on it."""
    return errand.sort != Sort.VISIT or rules.may_hear(by, errand.matter)


def may_list(by: Actor) -> bool:
    """Return whether ``by`` may change the checklists."""
    return by.is_administrator()


def may_oversee(by: Actor) -> bool:
    """Return whether ``by`` may list the errands of some place."""
    return isinstance(by, Staff) and by.has_role(*SEES)


def visible(errands: ErrandQuerySet, to: Staff) -> ErrandQuerySet:
    """Narrow ``errands`` to those of the places that ``to`` works for or heads, in the same query."""
    found = errands.filter(rules.unbarred(to, "matter__"), below("chain", to.paths(*SEES)))
    if offices := to.offices():
        found = found.exclude(Q(sort=Sort.VISIT, matter__office__in=offices))
    return found


def mine(errands: ErrandQuerySet, to: Staff) -> ErrandQuerySet:
    """Narrow ``errands`` to those ``to`` was asked for, handed over or stands in for."""
    instead = [h.path for h in to.posts if h.role == Role.GRID_WORKER and h.instead_of]
    theirs = Q(worker=to.id) | Q(handed_by=to.id) | below("chain", instead)
    return errands.filter(theirs, rules.unbarred(to, "matter__"))

"""What stands beside a case: files opened to somebody else, help for one party, allowances, reviews, figures."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.accounts.models import Role, Staff
from gongzhi.accounts.queries import offices
from gongzhi.audit.actors import Actor, System
from gongzhi.mediation.models import Allowance, Assignment, Case, Help, Opening
from gongzhi.mediation.rules.case import CLERKS, committees, is_head, is_of
from gongzhi.mediation.states import Access
from gongzhi.parties.rules import Member
from gongzhi.places.queries import below

JUSTICE = "justice"  # the duty of the office that guides the committees


def may_ask_opening(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may ask to read a sealed file: a supervisor of the place, or the head."""
    return isinstance(by, Staff) and (by.serves(Role.SUPERVISOR, case.chain) or is_head(by, case))


def may_open_file(by: Actor, opening: Opening) -> bool:
    """Return whether ``by`` may decide: a data officer of the place, and never who asked."""
    officer = isinstance(by, Staff) and by.serves(Role.DATA_OFFICER, opening.case.chain)
    return officer and by.id != opening.asker_id


may_deny_opening = may_open_file


def may_shut_file(by: Actor, opening: Opening) -> bool:
    return isinstance(by, System) or by.id == opening.asker_id or may_open_file(by, opening)


def may_read_opened(by: Actor, opening: Opening, at: datetime) -> bool:
    """Return whether the file is open to ``by`` at ``at``: to who asked, until its end."""
    lasts = opening.state == Access.OPEN and opening.until is not None and at < opening.until
    return lasts and by.id == opening.asker_id


def visible_openings(openings: QuerySet[Opening], to: Actor) -> QuerySet[Opening]:
    """Narrow ``openings`` to those ``to`` asked for, and those a data officer decides or decided."""
    if not isinstance(to, Staff):
        return openings.none()
    return openings.filter(Q(asker=to.id) | below("case__chain", to.paths(Role.DATA_OFFICER)))


def may_ask_help(by: Actor, case: Case) -> bool:
    return is_of(by, case)


def visible_helps(helps: QuerySet[Help], to: Actor) -> QuerySet[Help]:
    """Narrow ``helps`` to those that the offices give in which ``to`` is a clerk.

    Never to whoever serves in the committee that has the case, or was ever named as its mediator.
    """
    if not isinstance(to, Staff):
        return helps.none()
    named = Assignment.objects.filter(case=OuterRef("pk"), mediator__user=to.id)
    theirs = Case.objects.filter(Q(committee__in=to.offices()) | Q(Exists(named)))
    given = helps.filter(office__in=committees(to, *CLERKS))
    return given.exclude(wanter__file__in=theirs.values("pk"))


def may_book(by: Actor, help_: Help) -> bool:
    """Return whether ``by`` gives this help: whom `visible_helps` shows it (one query)."""
    return visible_helps(Help.objects.filter(pk=help_.pk), by).exists()


may_give_help = may_book


def may_drop_help(by: Actor, help_: Help) -> bool:
    return may_book(by, help_) or (isinstance(by, Member) and by.party == help_.wanter_id)


def may_pay(by: Actor, allowance: Allowance) -> bool:
    return is_head(by, allowance.case)


def reviewed_paths(by: Actor) -> tuple[str, ...]:
    """Return where ``by`` reviews files: as inspector, or in the justice office that guides committees."""
    if not isinstance(by, Staff):
        return ()
    justice = {office.pk for office in offices().values() if office.duty == JUSTICE}
    guided = {held.path for held in by.posts if held.office in justice}
    return tuple(sorted({*by.paths(Role.INSPECTOR), *guided}))


def may_review(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may review how a file was kept: from outside its committee."""
    around = any(case.chain.startswith(path) for path in reviewed_paths(by))
    return around and not (isinstance(by, Staff) and by.serves_office(case.committee_id))


def may_read_figures(by: Actor) -> bool:
    return isinstance(by, Staff) and by.has_role(Role.LEADER, Role.HEAD, Role.SUPERVISOR)

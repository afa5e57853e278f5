"""Who may do what with an agreement, its terms and its confirmation by a court."""

from __future__ import annotations

from gongzhi.audit.actors import Actor, System
from gongzhi.mediation.models import Agreement, Case, Confirmation, Term
from gongzhi.mediation.rules.case import is_clerk, is_mediator, is_of, may_enter
from gongzhi.mediation.states import Draft, State
from gongzhi.parties.rules import Member


def may_draft(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may draft what the parties agree on."""
    return is_mediator(by, case)


def may_read_agreement(by: Actor, agreement: Agreement) -> bool:
    """Return whether ``by`` reads an agreement: its mediators, and its parties once it is before them.

    What is in force is the parties' own: each keeps a copy (art. 29), also when the file is archived.
    """
    if is_of(by, agreement.case):
        return agreement.state in (Draft.SIGNING, Draft.IN_FORCE)
    return may_enter(by, agreement.case, None)


def may_redraft(by: Actor, agreement: Agreement) -> bool:
    return _still_mediates(by, agreement)


def _still_mediates(by: Actor, agreement: Agreement) -> bool:
    return is_mediator(by, agreement.case) and agreement.case.state == State.MEDIATING


may_present = may_witness = may_conclude = may_redraft


def may_discard(by: Actor, agreement: Agreement) -> bool:
    """Return whether ``by`` may make a draft void: the mediator, and the system where the case ended."""
    return isinstance(by, System) or is_mediator(by, agreement.case)


def may_sign(by: Actor, agreement: Agreement) -> bool:
    """Return whether ``by`` may sign: who is of the case, while it is mediated."""
    return is_of(by, agreement.case) and agreement.case.state == State.MEDIATING


may_affirm = may_sign


def may_receive(by: Actor, term: Term) -> bool:
    """Return whether ``by`` may say whether a term was performed: to whom it is owed, by what is in force."""
    owed = isinstance(by, Member) and by.is_of(term.case.pk) and by.side == term.owed_to_id
    return owed and term.agreement.state == Draft.IN_FORCE


may_miss = may_receive


def may_join_in(by: Actor, confirmation: Confirmation) -> bool:
    return is_of(by, confirmation.case)


may_take_back = may_join_in


def may_hand_in(by: Actor, confirmation: Confirmation) -> bool:
    """Return whether ``by`` may record what the court did: the mediator or the committee's clerk."""
    return is_mediator(by, confirmation.case) or is_clerk(by, confirmation.case)


may_take_on = may_turn_away = may_lengthen = may_confirm = may_disallow = may_hand_in


def may_run_out(by: Actor, confirmation: Confirmation) -> bool:  # noqa: ARG001
    return isinstance(by, System)

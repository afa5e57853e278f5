"""Who may send which table, see and steer a run, and look after folders: pure functions."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.exchange.models import Caller, Scope
from gongzhi.tables.fields import Table, tables
from gongzhi.tables.models import Drop, Run
from gongzhi.tables.states import ONLY_DROPS

OF_ACCEPTORS = "matters"
OF_STAFF = ("ledger", "assets")  # show to each what the lists show


def may_send(by: Actor, table: Table) -> bool:
    """Return whether ``by`` may send a file of ``table``.

    Matters: who accepts matters, and a client that may raise them; all else an administrator.
    """
    if not table.comes_in or isinstance(by, System):
        return False
    if isinstance(by, Caller):
        return table.name == OF_ACCEPTORS and Scope.RAISE in by.scopes
    if by.is_administrator():
        return True
    is_acceptor = isinstance(by, Staff) and by.has_role(Role.ACCEPTOR)
    return table.name == OF_ACCEPTORS and is_acceptor


def may_get(by: Actor, table: Table) -> bool:
    """Return whether ``by`` may take a file of ``table`` out; of matters and assets all what they see."""
    if not table.goes_out:
        return False
    if table.name in OF_STAFF:
        return isinstance(by, Staff) and bool(by.posts)
    return by.is_administrator()


def may_place(by: Staff, run: Run, path: str) -> bool:
    """Return whether ``by`` may take in a matter for the place at ``path``: where they accept them."""
    if run.client_id or by.is_administrator():
        return True
    return by.serves(Role.ACCEPTOR, path)


def may_open(by: Actor) -> bool:
    """Return whether ``by`` may see the page of files: who may send any."""
    return any(may_send(by, table) for table in tables().values())


def check_open(by: Actor) -> None:
    """Raise `PermissionDenied` unless `may_open`."""
    if not may_open(by):
        raise PermissionDenied(_("Only administrators and acceptors send files."))


def may_see(by: Actor, run: Run) -> bool:
    """Return whether ``by`` may see what became of a file: whoever sent it, or an administrator."""
    if isinstance(by, Caller):
        return run.client_id == by.client
    return by.is_administrator() or (by.id is not None and by.id == run.owner_id)


def may_read(by: Actor, run: Run) -> bool:
    """Return whether ``by`` may read the refused rows themselves: they may hold how to reach somebody.

    Only whoever sent them, where a table says something of persons; an administrator reads reasons.
    """
    is_quiet = any(one.quiet for one in tables()[run.table].fields)
    return may_see(by, run) and (not is_quiet or by.id == run.owner_id)


may_take = may_pause = may_resume = may_discard = may_erase = may_see


def may_check(by: Actor, run: Run) -> bool:  # noqa: ARG001  whichever it is
    return isinstance(by, System)


may_finish = may_fail = may_check


def may_keep_drops(by: Actor) -> bool:
    """Return whether ``by`` may look after the folders of files."""
    return by.is_administrator()


def check_drops(by: Actor) -> None:
    """Raise `PermissionDenied` unless `may_keep_drops`."""
    if not may_keep_drops(by):
        raise PermissionDenied(ONLY_DROPS)


def may_change(by: Actor, drop: Drop) -> bool:  # noqa: ARG001  whichever it is
    return may_keep_drops(by)


may_stop = may_start = may_change

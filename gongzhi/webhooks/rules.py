"""Who looks after webhooks, what is told of a matter, and to which hook."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import Actor
from gongzhi.matters.models import Matter
from gongzhi.webhooks.models import Hook, Line
from gongzhi.webhooks.states import ONLY

# What everybody may know of: the rest is told as number and state alone.
OPEN = Q(public=True, sealed=False, about_office=None, kept_from="", parent=None)


def may_add(by: Actor) -> bool:
    """Return whether ``by`` may make hooks and inlets, and see how they do."""
    return by.is_administrator()


def check(by: Actor) -> None:
    """Raise `PermissionDenied` unless `may_add`."""
    if not may_add(by):
        raise PermissionDenied(ONLY)


def may_change(by: Actor, line: Line) -> bool:  # noqa: ARG001  whichever it is
    return may_add(by)


may_rotate = may_stop = may_start = may_replay = may_change


def may_see(by: Actor, hook: Hook) -> bool:
    """Return whether ``by`` may see that ``hook`` works or is stopped: its office too."""
    return may_add(by) or (isinstance(by, Staff) and by.serves_office(hook.office_id))


def is_open(matter: Matter) -> bool:
    """Return whether everybody may know of ``matter``: `OPEN` turned round."""
    closed = matter.sealed or matter.about_office_id or matter.kept_from or matter.parent_id
    return matter.public and not closed


def wants(hook: Hook, matter: Matter, state: str) -> bool:
    """Return whether ``hook`` asked for an event of ``matter`` that led to ``state``.

    One that asked for some kinds or places is told nothing of what is not open: to be told would tell
    the kind or the place.
    """
    if hook.states and state not in hook.states:
        return False
    if not is_open(matter):
        return not hook.kinds and not hook.places
    if hook.kinds and matter.kind_code not in hook.kinds:
        return False
    return not hook.places or not {*matter.chain.split("/")}.isdisjoint(hook.places)


def is_told(verb: str, facts: Mapping[str, str], *, known: bool) -> bool:
    """Return whether hooks are told of an entry; of what is not ``known`` to all only a new state."""
    if known:
        return verb in VERBS
    return verb == "receive" or facts.get("from") != facts.get("to")


# What is told of an open matter.  Not what colleagues note among themselves or keep from one another,
# nor what a requester adds: it says something of them.
VERBS = frozenset(
    {
        "accept",
        "acknowledge",
        "adopt",
        "answer",
        "assign",
        "close",
        "defer",
        "dispatch",
        "escalate",
        "extend",
        "deny",
        "force_close",
        "grant",
        "handle",
        "inspect",
        "involve",
        "lift",
        "merge",
        "object",
        "dismiss",
        "rate",
        "receive",
        "recount",
        "refuse",
        "relocate",
        "reopen",
        "resume",
        "restore",
        "retime",
        "rework",
        "send_back",
        "settle",
        "sort",
        "supervise",
        "take_over",
        "unmerge",
        "withdraw",
    }
)

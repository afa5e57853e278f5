"""What waits for which post, and which moves stand in a row of a list: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Held, Role, Staff
from gongzhi.base.moves import Move
from gongzhi.desk.models import SavedFilter
from gongzhi.matters import rules
from gongzhi.matters.models import Matter, OfficeTask
from gongzhi.matters.states import MATTER, TASK

CALLERS = (Role.ACCEPTOR, Role.DISPATCHER)


@dataclass(frozen=True, slots=True)
class Tab:
    """One pile of the inbox; ``moves`` are those offered in its rows, ``of_task`` those of the own task.

    Whoever holds one of ``roles`` has it for the places of those posts; with ``own`` it is the pile
    of the reader's own offices.  With ``held`` it is what a desk of theirs holds, and not what was
    handed up from there.
    """

    name: str
    label: str | Promise
    empty: str | Promise
    roles: tuple[Role, ...] = ()
    own: bool = False
    held: bool = False
    moves: tuple[str, ...] = ()
    of_task: tuple[str, ...] = ()

    @property
    def one_state(self) -> bool:
        """Return whether all on the pile are in one state, which then needs no column."""
        return self.name not in {"danger", "objections", "tasks", "overdue", "all"}

    @property
    def is_work(self) -> bool:
        """Return whether the pile is work that nobody else's pile counts too."""
        return self.name not in {"danger", "overdue", "deferred", "all"}

    @property
    def no_office(self) -> bool:
        """Return whether none on the pile is with an office, or all with the reader's own."""
        return (self.own and not self.of_task) or self.name in {"received", "accepted"}


TABS = (
    Tab(
        "danger",
        _("Danger"),
        _("Nobody has written of danger. What is reported stands here at once."),
        (Role.DUTY_OFFICER,),
        moves=("note",),
    ),
    Tab(
        "received",
        _("To accept"),
        _("Everything that came in has been accepted or not."),
        (Role.ACCEPTOR,),
        held=True,
        moves=("accept", "refuse", "sort", "escalate"),
    ),
    Tab(
        "accepted",
        _("To dispatch"),
        _("Everything accepted is with an office."),
        (Role.DISPATCHER,),
        held=True,
        moves=("dispatch", "sort", "escalate"),
    ),
    Tab(
        "objections",
        _("Objections"),
        _("No office objects at present."),
        (Role.DISPATCHER,),
        held=True,
        moves=("dismiss", "send_back"),
    ),
    Tab(
        "dispatched",
        _("To acknowledge"),
        _("Your office has acknowledged everything sent to it."),
        own=True,
        moves=("acknowledge", "object"),
    ),
    Tab(
        "handling",
        _("In hand"),
        _("Your office has nothing in hand."),
        own=True,
        moves=("answer", "handle"),
    ),
    Tab(
        "tasks",
        _("To help with"),
        _("No other office waits for yours."),
        own=True,
        of_task=("take", "finish", "decline"),
    ),
    Tab(
        "answered",
        _("To check"),
        _("Every answer has been checked."),
        (Role.INSPECTOR,),
        moves=("inspect", "rework"),
    ),
    Tab(
        "resolved",
        _("To call back"),
        _("Everybody has been asked."),
        CALLERS,
        held=True,
        moves=("follow_up", "close"),
    ),
    Tab(
        "extensions",
        _("More time asked"),
        _("No office asks for more time."),
        (Role.SUPERVISOR,),
        moves=("grant", "deny"),
    ),
    Tab(
        "overdue",
        _("Overdue"),
        _("Nothing is late."),
        (Role.SUPERVISOR, Role.LEADER),
        moves=("urge", "note"),
    ),
    Tab(
        "deferred",
        _("Deferred"),
        _("Nothing is deferred."),
        (Role.SUPERVISOR,),
        moves=("resume",),
    ),
    Tab(
        "all",
        _("All open"),
        _("No open matter is with your posts."),
        moves=("accept", "dispatch", "acknowledge", "answer", "inspect", "follow_up"),
    ),
)
BY_NAME = {tab.name: tab for tab in TABS}
# Moves that say the same to many; of a place, an answer or a reason each matter needs its own words.
BULK = ("accept", "dispatch", "acknowledge", "sort", "relocate", "merge", "urge", "note", "close")
MOST_BULK = 10_000
# Keys that lists use themselves: there the move is pressed with the capital.
TAKEN = frozenset("jkoxugn")
AT_ONCE = frozenset(
    {"accept", "acknowledge", "resume", "urge", "close", "take"}
)  # a press says all


def tabs_of(by: Staff) -> list[Tab]:
    """Return the piles of ``by``: what the posts do, and at the end all that is open."""
    return [
        tab
        for tab in TABS
        if by.has_role(*tab.roles) or (tab.own and by.offices()) or tab.name == "all"
    ]


class Listed(Protocol):
    """What rules look at in a matter."""

    pk: UUID
    state: str
    chain: str
    desk: str
    office_id: UUID | None
    public: bool
    about_office_id: UUID | None
    kept_from: str

    @property
    def danger(self) -> object: ...


@dataclass(frozen=True, slots=True)
class RowMove:
    """A move as a button of a row."""

    name: str
    label: str | Promise
    key: str
    at_once: bool


BUTTONS = {
    move.name: RowMove(
        move.name,
        move.label,
        move.key.upper() if move.key in TAKEN else move.key,
        move.name in AT_ONCE,
    )
    for move in (*MATTER.moves, *TASK.moves)
}


def row_moves(by: Staff, row: Listed, names: tuple[str, ...]) -> tuple[RowMove, ...]:
    """Return which of the moves ``names`` are open to ``by`` on ``row``: no queries."""
    matter = cast(Matter, row)  # rules of moves look at nothing else
    return tuple(BUTTONS[name] for name in names if _is_open(by, matter, MATTER[name]))


def _is_open(by: Staff, matter: Matter, move: Move) -> bool:
    return matter.state in move.sources and bool(getattr(rules, f"may_{move.name}")(by, matter))


class ListedTask(Protocol):
    """What rules look at in the task of a co-office."""

    state: str
    office_id: UUID
    lead: bool

    @property
    def matter(self) -> Listed: ...


def task_moves(by: Staff, task: ListedTask, names: tuple[str, ...]) -> tuple[RowMove, ...]:
    """Return which of the moves ``names`` are open to ``by`` on the task of a co-office: no queries."""
    whole = cast(OfficeTask, task)
    return tuple(
        BUTTONS[name]
        for name in names
        if task.state in TASK[name].sources and getattr(rules, f"may_{name}")(by, whole)
    )


def alike_for_rules(row: Listed) -> tuple[object, ...]:
    """Return all that the rules of moves look at in a row: rows alike in it have the same moves."""
    whose = (row.office_id, row.about_office_id, row.kept_from)
    return (row.state, row.chain, row.desk, *whose, row.public, bool(row.danger))


def bulk_moves(by: Staff, rows: Iterable[Listed]) -> list[Move]:
    """Return the moves on many that are open to ``by`` on one of ``rows`` at least: no queries."""
    kinds = {alike_for_rules(row): row for row in rows}
    moves = [MATTER[name] for name in BULK]
    return [move for move in moves if any(not why_refused(by, row, move) for row in kinds.values())]


def may_bulk(by: Staff, move: str) -> bool:
    """Return whether ``move`` may be begun on many; each matter then asks its own rule."""
    return move in BULK and bool(by.posts)


def why_not_given(matter: Matter, says: Mapping[str, Any]) -> str:
    """Return why what is said to many does not fit one: an office that does not serve its place."""
    office = says.get("office")
    if office and not matter.chain.startswith(office.place.path):
        return gettext("This office does not serve the place of the matter.")
    return ""


def why_refused(by: Staff, row: Listed, move: Move) -> str:
    """Return why ``move`` is closed to ``by`` on ``row``, or "", as its action would say: no queries."""
    if not getattr(rules, f"may_{move.name}")(by, cast(Matter, row)):
        return str(move.only)
    return "" if row.state in move.sources else MATTER.why_closed(move, row.state)


def may_share(by: Staff, post: Held) -> bool:
    """Return whether ``post`` is one that ``by`` fills."""
    return post in by.posts


def may_drop(by: Staff, saved: SavedFilter) -> bool:
    """Return whether ``by`` saved the filter."""
    return saved.user_id == by.id


def may_take_in(by: Staff) -> bool:
    """Return whether ``by`` takes in matters for residents at the counter and the telephone."""
    return by.has_role(Role.ACCEPTOR)


def may_call(by: Staff) -> bool:
    """Return whether ``by`` calls requesters back for a centre."""
    return by.has_role(*CALLERS)


def may_read_rates(by: Staff) -> bool:
    """Return whether ``by`` reads the rates: who works on matters, leads, or has an office of their own."""
    return by.has_role(*rules.WORKS, Role.LEADER) or bool(by.offices())


def may_review(by: Staff) -> bool:
    """Return whether ``by`` reviews what is kept out of the rates."""
    return by.has_role(Role.SUPERVISOR)

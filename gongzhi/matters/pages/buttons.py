"""Which moves stand on the page of a matter: open ones with their form, closed ones with why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongzhi.base.http import address
from gongzhi.base.moves import Move
from gongzhi.matters import rules
from gongzhi.matters.actions.closing import unclosed
from gongzhi.matters.actions.handling import FIRST_LEADS, NOBODY_TO_ASK, unready
from gongzhi.matters.actions.sharing import unheard
from gongzhi.matters.forms import FORMS, TASK_FORMS, About, MoveForm
from gongzhi.matters.models import OfficeTask
from gongzhi.matters.pages.dossier import Dossier
from gongzhi.matters.states import MATTER, TASK

# What takes a matter on towards its end stands first.
AHEAD = {
    "accept",
    "dispatch",
    "acknowledge",
    "answer",
    "inspect",
    "follow_up",
    "grant",
    "resume",
    "take",
    "finish",
}
GRAVE = {
    "force_close",
    "refuse",
    "about",
    "keep_from",
    "merge",
    "send_back",
    "rework",
    "reopen",
    "release",
}
NO_OBJECTION = _("There is no objection to rule on.")
NOT_EXTENDED = _("Nobody has asked for more time.")
TWICE_EXTENDED = _("More time has been asked for already.")
TWICE_ASKED = _("A question is open already: wait for its answer.")
NOT_SUPERVISED = _("No order of a supervisor waits for this.")
TWICE_SUPERVISED = _("It is supervised already: order anew or lift it.")
NOT_ON_THE_SPOT = _("This kind goes to an office; it cannot be settled on the spot.")
HIGHEST = _("It is at the highest level already.")
AT_HOME = _("The place where it lies holds it already.")
IS_PART = _("This is a part itself: split the whole instead.")
FIRST_STAYS = _(
    "The first receiver leads until another office takes the lead over: involve that one."
)


@dataclass(frozen=True, slots=True)
class Button:
    """A move as it stands on the page; where it is closed, ``why`` says why.

    ``form`` is there only for the one that the reader has opened: forms are dear, and one is used.
    ``whose`` names the co-office whose task it moves, for the dispatcher.
    """

    name: str
    label: str | Promise
    key: str
    address: str
    version: int
    why: str = ""
    form: MoveForm | None = None
    main: bool = False
    whose: str = ""

    @property
    def is_open(self) -> bool:
        return not self.why

    @property
    def bare(self) -> bool:
        """Return whether a press is enough: no words are needed."""
        return (FORMS.get(self.name) or TASK_FORMS[self.name]) is MoveForm

    @property
    def grave(self) -> bool:
        return self.name in GRAVE


def buttons(
    dossier: Dossier,
    typed: MoveForm | None = None,
    opened: str = "",
    task: OfficeTask | None = None,
) -> list[Button]:
    """Return the moves of the page, the open ones first; ``typed`` is a form that was refused.

    ``opened`` is the one whose form is open: a move of ``task``, where there is one.
    """
    listed = [
        button
        for move in MATTER.moves
        if move.name in FORMS and (button := _button(dossier, move, typed, "" if task else opened))
    ]
    listed += _of_tasks(dossier, typed, opened, task)
    shown = sorted(listed, key=lambda button: (not button.is_open, button.name not in AHEAD))
    return [replace(b, main=n == 0 and b.is_open) for n, b in enumerate(shown)]


def _button(dossier: Dossier, move: Move, typed: MoveForm | None, opened: str) -> Button | None:
    matter, by = dossier.matter, dossier.by
    open_now = matter.state in move.sources
    mine = getattr(rules, f"may_{move.name}")(by, matter)
    to = address(f"matters:{move.name}", matter.pk)
    button = Button(move.name, move.label, move.key, to, matter.version)
    if open_now and mine:
        if typed is not None and typed.name == move.name:
            return replace(button, form=typed)
        if why := _why_not(dossier, move.name):
            return replace(button, why=why)
        about = About(matter, by, dossier.at)
        form = FORMS[move.name](about=about, name=move.name) if opened == move.name else None
        return replace(button, form=form)
    if open_now:
        return replace(button, why=str(move.only))
    return replace(button, why=MATTER.why_closed(move, matter.state)) if mine else None


def _of_tasks(
    dossier: Dossier, typed: MoveForm | None, opened: str, chosen: OfficeTask | None
) -> Iterator[Button]:
    """Yield the moves that are open of the tasks of co-offices."""
    for task in dossier.open_tasks:
        about = About(dossier.matter, dossier.by, dossier.at, task)
        for move in TASK.open_from(task.state):
            if not getattr(rules, f"may_{move.name}")(dossier.by, task) or (
                move.name == "bind" and not dossier.declined(task)
            ):
                continue
            whose = "" if dossier.by.serves_office(task.office_id) else task.office.name
            to = address(f"matters:{move.name}", task.pk)
            form = None
            if chosen == task and move.name == opened:
                is_typed = typed is not None and typed.name == move.name
                form = typed if is_typed else TASK_FORMS[opened](about=about, name=opened)
            yield Button(move.name, move.label, move.key, to, task.version, form=form, whose=whose)


def _why_not(dossier: Dossier, name: str) -> str:
    """Return why a move is closed though state and right are there; the action checks it too."""
    if why := _unready(dossier, name):
        return why
    first = bool(dossier.lead and dossier.lead.first)
    matter = dossier.matter
    closed: dict[str, tuple[object, str | Promise]] = {
        "dismiss": (not dossier.objection, NO_OBJECTION),
        "object": (first, FIRST_LEADS),
        "send_back": (first, FIRST_STAYS),
        "grant": (not dossier.extension, NOT_EXTENDED),
        "deny": (not dossier.extension, NOT_EXTENDED),
        "extend": (dossier.extension, TWICE_EXTENDED),
        "ask": (True, NOBODY_TO_ASK) if matter.parent_id else (dossier.waiting, TWICE_ASKED),
        "supervise": (dossier.supervision, TWICE_SUPERVISED),
        "report": (not dossier.ordered, NOT_SUPERVISED),
        "insist": (not dossier.supervision, NOT_SUPERVISED),
        "lift": (not dossier.supervision, NOT_SUPERVISED),
        "settle": (not matter.kind.settles, NOT_ON_THE_SPOT),
        "escalate": (matter.desk.count("/") == 1, HIGHEST),
        "assign": (matter.desk == matter.chain, AT_HOME),
        "split": (matter.parent_id, IS_PART),
    }
    is_closed, said = closed.get(name, (False, ""))
    return str(said) if is_closed else ""


def _unready(dossier: Dossier, name: str) -> str:
    if name == "close":
        return unclosed(dossier.matter, dossier.follow_ups, dossier.at)
    if name in ("answer", "settle"):
        return unready(dossier.tasks, dossier.parts)
    if name == "object" and dossier.lead:
        until = None if dossier.waiting else dossier.matter.due_at
        return unheard(dossier.objections, dossier.lead, until, dossier.at)
    return ""

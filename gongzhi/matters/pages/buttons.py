"""Which moves stand on the page of a matter: open ones with their form, closed ones with why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import Move
from gongzhi.matters import rules
from gongzhi.matters.actions.closing import unclosed
from gongzhi.matters.forms import FORMS, About, MoveForm
from gongzhi.matters.pages.dossier import Dossier
from gongzhi.matters.states import MATTER

# What takes a matter on towards its end stands first.
AHEAD = {"accept", "dispatch", "acknowledge", "answer", "inspect", "follow_up", "grant", "resume"}
GRAVE = {"force_close", "refuse", "about", "keep_from", "merge", "send_back", "rework", "reopen"}
NO_OBJECTION = _("There is no objection to rule on.")
TWICE_OBJECTED = _("An objection is being ruled on already.")
NOT_EXTENDED = _("Nobody has asked for more time.")
TWICE_EXTENDED = _("More time has been asked for already.")
TWICE_ASKED = _("A question is open already: wait for its answer.")
NOT_SUPERVISED = _("No order of a supervisor waits for this.")
TWICE_SUPERVISED = _("It is supervised already: order anew or lift it.")
NOT_ON_THE_SPOT = _("This kind goes to an office; it cannot be settled on the spot.")


@dataclass(frozen=True, slots=True)
class Button:
    """A move as it stands on the page; where it is closed, ``why`` says why.

    ``form`` is there only for the one that the reader has opened: forms are dear, and one is used.
    """

    name: str
    label: str | Promise
    key: str
    why: str = ""
    form: MoveForm | None = None
    main: bool = False

    @property
    def is_open(self) -> bool:
        return not self.why

    @property
    def bare(self) -> bool:
        """Return whether a press is enough: no words are needed."""
        return FORMS[self.name] is MoveForm

    @property
    def grave(self) -> bool:
        return self.name in GRAVE


def buttons(dossier: Dossier, typed: MoveForm | None = None, opened: str = "") -> list[Button]:
    """Return the moves of the page, the open ones first; ``typed`` is a form that was refused."""
    listed = [
        button
        for move in MATTER.moves
        if move.name in FORMS and (button := _button(dossier, move, typed, opened))
    ]
    shown = sorted(listed, key=lambda button: (not button.is_open, button.name not in AHEAD))
    return [replace(b, main=n == 0 and b.is_open) for n, b in enumerate(shown)]


def _button(dossier: Dossier, move: Move, typed: MoveForm | None, opened: str) -> Button | None:
    matter, by = dossier.matter, dossier.by
    open_now = matter.state in move.sources
    mine = getattr(rules, f"may_{move.name}")(by, matter)
    button = Button(move.name, move.label, move.key)
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


def _why_not(dossier: Dossier, name: str) -> str:
    """Return why a move is closed though state and right are there; the action checks it too."""
    if name == "close":
        return unclosed(dossier.matter, dossier.follow_ups, dossier.at)
    closed: dict[str, tuple[bool, str | Promise]] = {
        "dismiss": (not dossier.objection, NO_OBJECTION),
        "object": (bool(dossier.objection), TWICE_OBJECTED),
        "grant": (not dossier.extension, NOT_EXTENDED),
        "deny": (not dossier.extension, NOT_EXTENDED),
        "extend": (bool(dossier.extension), TWICE_EXTENDED),
        "ask": (bool(dossier.waiting), TWICE_ASKED),
        "supervise": (bool(dossier.supervision), TWICE_SUPERVISED),
        "report": (not dossier.ordered, NOT_SUPERVISED),
        "insist": (not dossier.supervision, NOT_SUPERVISED),
        "lift": (not dossier.supervision, NOT_SUPERVISED),
        "settle": (not dossier.matter.kind.settles, NOT_ON_THE_SPOT),
    }
    is_closed, why = closed.get(name, (False, ""))
    return str(why) if is_closed else ""

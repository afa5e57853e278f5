"""How one matter stands, for the person who raised it: in plain words, without notes of the house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Throttle
from gongzhi.audit.models import Look
from gongzhi.audit.queries import history, looks
from gongzhi.base.seal import keyed_hash
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import words
from gongzhi.matters.actions.asking import REOPEN_FOR
from gongzhi.matters.actions.leaving import UNDO_FOR
from gongzhi.matters.actions.proving import BY_NUMBER_DAY
from gongzhi.matters.models import Answer, Attachment, Deferral, Matter, Waiting
from gongzhi.matters.queries import ASKED_FOR, clock_lines
from gongzhi.matters.states import MATTER, RulingState, State
from gongzhi.places.models import Place
from gongzhi.portal.queries.lines import Line, lines
from gongzhi.portal.templatetags.portal import moment

S = State
MOST_LOOKS = 100
OWN_MOVES = ("add", "rate", "reopen", "judge", "withdraw", "restore")

TITLES = {
    S.RECEIVED: gettext_lazy("We have received it"),
    S.ACCEPTED: gettext_lazy("It is accepted"),
    S.DISPATCHED: gettext_lazy("It was sent to the office in charge"),
    S.HANDLING: gettext_lazy("The office is working on it"),
    S.ANSWERED: gettext_lazy("It is answered, and the result is being checked"),
    S.RESOLVED: gettext_lazy("The result was checked. Is it solved?"),
    S.CLOSED: gettext_lazy("It is closed"),
    S.REFUSED: gettext_lazy("It could not be accepted"),
    S.WITHDRAWN: gettext_lazy("It is withdrawn"),
    S.MERGED: gettext_lazy("It was joined to a matter about the same thing"),
    S.DEFERRED: gettext_lazy("It has to wait"),
    S.FORCED: gettext_lazy("It was closed by order, without being solved"),
}
EXPLAINED = {
    S.RECEIVED: gettext_lazy(
        "An acceptor reads it by %(due)s. Then you see here whether it is accepted, and by when you "
        "get an answer."
    ),
    S.ACCEPTED: gettext_lazy("The centre sends it to the office whose duty it is by %(due)s."),
    S.DISPATCHED: gettext_lazy("%(office)s takes it on by %(due)s."),
    S.HANDLING: gettext_lazy("%(office)s answers you by %(promised)s."),
    S.ANSWERED: gettext_lazy(
        "Somebody outside the office checks the result by %(due)s. Then we ask you."
    ),
    S.RESOLVED: gettext_lazy(
        "Please tell us below. If we hear nothing by %(silent)s, it may be closed."
    ),
    S.CLOSED: gettext_lazy("If it is not solved, say so by %(reopen)s, and it is taken up again."),
    S.REFUSED: gettext_lazy("Here is why, and what you can do instead."),
    S.WITHDRAWN: gettext_lazy("Nothing more is done about it. You can undo this until %(undo)s."),
    S.MERGED: gettext_lazy("Whatever is answered there, you read here."),
    S.DEFERRED: gettext_lazy("Here is why, who watches over it, and when it is looked at again."),
    S.FORCED: gettext_lazy(
        "Below is why, what you can do instead, and who decided it. It does not count as solved. If "
        "you do not agree, say so by %(reopen)s, and it is taken up again."
    ),
}

OBJECTED = gettext_lazy(
    "%(office)s says that it is not its duty. The centre decides by %(due)s who is in charge."
)

# The course as a resident sees it: the label, the states in which it is current, when it was reached.
COURSE: tuple[tuple[str | Promise, frozenset[str], str], ...] = (
    (gettext_lazy("Received"), frozenset({S.RECEIVED}), "received_at"),
    (gettext_lazy("Accepted"), frozenset({S.ACCEPTED}), "accepted_at"),
    (gettext_lazy("At the office"), frozenset({S.DISPATCHED, S.HANDLING}), "dispatched_at"),
    (gettext_lazy("Answered"), frozenset({S.ANSWERED}), "answered_at"),
    (gettext_lazy("Checked"), frozenset({S.RESOLVED}), "resolved_at"),
    (gettext_lazy("Closed"), frozenset({S.CLOSED}), "ended_at"),
)
# Where it ends before its course does.
ENDS: dict[str, str | Promise] = {
    S.REFUSED: gettext_lazy("Not accepted"),
    S.WITHDRAWN: gettext_lazy("Withdrawn"),
    S.FORCED: gettext_lazy("Closed by order, not solved"),
    S.MERGED: gettext_lazy("Joined to a matter about the same thing"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the course; ``state`` is done, current or todo."""

    label: str | Promise
    state: str
    when: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a matter stands, in words."""

    title: str | Promise
    explained: str
    tone: str
    is_late: bool
    due: words.Due
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the follow page tells of a matter to whoever raised it."""

    standing: Standing
    lines: list[Line]
    answers: list[Answer]
    photos: dict[str, list[Attachment]]
    question: Waiting | None
    deferral: Deferral | None
    looks: list[Look]
    clocks: list[words.ClockLine]
    moves: frozenset[str]
    wrong_guesses: int
    held_by: str

    @property
    def dates(self) -> list[Line]:
        """Return the lines that promise a date or move it."""
        return [line for line in self.lines if line.dates]


@dataclass(frozen=True, slots=True)
class Joined:
    """What who raised a duplicate reads of the matter it was joined to: its course and answers."""

    matter: Matter
    standing: Standing
    answers: list[Answer]


def story(matter: Matter, at: datetime) -> Story:
    """Return the story of ``matter`` (with its names) at ``at``: a fixed number of queries."""
    moves = frozenset(_moves(matter, at))
    asked = matter.waitings.filter(answered_at=None).first()
    entries = list(history(matter.pk))
    photos: dict[str, list[Attachment]] = {}
    for photo in matter.attachments.order_by("at", "pk"):
        photos.setdefault(photo.stage, []).append(photo)
    return Story(
        standing=_objected(standing(matter, at), matter),
        lines=lines(matter, entries),
        answers=_answers(matter),
        photos=photos,
        question=asked if "add" in moves else None,  # it ended before they answered
        deferral=matter.deferrals.filter(resumed_at=None).first(),
        looks=list(looks(matter.pk)[:MOST_LOOKS]),
        clocks=clock_lines(matter, entries, at),
        moves=moves,
        wrong_guesses=wrong_guesses(matter.number, at),
        held_by=_held_by(matter),
    )


def _objected(stands: Standing, matter: Matter) -> Standing:
    """Say that the centre has to decide, where the office says that it is not its duty: one query."""
    if matter.state != S.DISPATCHED:
        return stands
    asked = matter.objections.filter(state=RulingState.ASKED, task=None)
    return replace(stands, explained=OBJECTED % _dates(matter)) if asked.exists() else stands


def _held_by(matter: Matter) -> str:
    """Return the name of the place whose centre holds ``matter``, until an office has it: one query."""
    if matter.is_ended or matter.office_id:
        return ""
    held = Place.objects.filter(path=matter.desk).only("name_zh", "name_en").first()
    return held.name if held else ""


def joined(matter: Matter, at: datetime) -> Joined | None:
    """Return the progress of what ``matter`` was joined to: two queries where it was, else none."""
    if not matter.merged_into_id:
        return None
    into = Matter.objects.with_names().get(pk=matter.merged_into_id)
    return Joined(into, standing(into, at), _answers(into))


def _answers(matter: Matter) -> list[Answer]:
    return list(matter.answers.select_related("office").order_by("-at"))


def standing(matter: Matter, at: datetime) -> Standing:
    """Return where ``matter`` stands at ``at``: no query."""
    state = State(matter.state)
    promised = words.promised(matter.answer_by, at, default_days(), state)
    late = promised.tone == "overdue"
    return Standing(
        title=TITLES[state],
        explained=EXPLAINED[state] % _dates(matter),
        tone="overdue" if late else words.tone(state),
        is_late=late,
        due=promised,
        steps=_steps(matter),
    )


def _dates(matter: Matter) -> dict[str, str]:
    ended = matter.ended_at
    return {
        "office": matter.office.name if matter.office else _("The office"),
        "due": moment(matter.due_at),
        "promised": moment(matter.answer_by),
        "silent": moment(matter.resolved_at and matter.resolved_at + ASKED_FOR),
        "reopen": moment(ended and ended + REOPEN_FOR),
        "undo": moment(ended and ended + UNDO_FOR),
    }


def _steps(matter: Matter) -> list[Step]:
    if end := ENDS.get(matter.state):
        known = ((label, getattr(matter, field)) for label, _states, field in COURSE[:-1])
        came = [Step(label, "done", moment(at)) for label, at in known if at]
        return [*came, Step(end, "done", moment(matter.ended_at))]
    now = next((n for n, step in enumerate(COURSE) if matter.state in step[1]), None)
    return [_step(matter, n, now) for n in range(len(COURSE))]


def _step(matter: Matter, n: int, now: int | None) -> Step:
    label, _states, field = COURSE[n]
    reached = getattr(matter, field)
    if now is None:  # deferred: as far as it had come
        passed = bool(reached) and n < len(COURSE) - 1
    else:
        passed = n < now or (n == now and matter.state == S.CLOSED)
    state = "done" if passed else "current" if n == now else "todo"
    shown = reached if state != "todo" else None
    return Step(label, state, moment(shown))


def _moves(matter: Matter, at: datetime) -> Iterator[str]:
    """Yield what the requester can do now; which moves a state allows says the lifecycle."""
    ended = matter.ended_at
    for move in () if matter.is_erased else MATTER.open_from(matter.state):
        too_late = {
            "reopen": ended and at > ended + REOPEN_FOR,
            "restore": ended and at > ended + UNDO_FOR,
            "judge": not _is_asked(matter.merged_into, at),
        }
        if move.name in OWN_MOVES and not too_late.get(move.name):
            yield move.name


def _is_asked(into: Matter | None, at: datetime) -> bool:
    """Return whether those who are joined to ``into`` can say whether it is solved."""
    if into is None or into.state not in (S.RESOLVED, S.CLOSED):
        return False
    return not into.ended_at or at <= into.ended_at + REOPEN_FOR


def wrong_guesses(number: str, at: datetime) -> int:
    """Return how many wrong codes were tried for a number in a day (one query)."""
    key = keyed_hash(f"throttle:{BY_NUMBER_DAY.purpose}", number)
    row = Throttle.objects.filter(key=key, since__gt=at - BY_NUMBER_DAY.window).first()
    return row.count if row else 0

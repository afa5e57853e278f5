"""Everything that stands on the page of one matter, read in a number of queries that is known.

History comes first: what it never mentions is not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Model
from django.utils.functional import Promise, cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import offices
from gongzhi.audit.models import Entry
from gongzhi.base.geo import box_around
from gongzhi.base.rows import select
from gongzhi.deadlines.clocks import Days
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import queries, rules, words
from gongzhi.matters.models import (
    Answer,
    Attachment,
    Channel,
    Deferral,
    Exclusion,
    Extension,
    FollowUp,
    Matter,
    Message,
    Objection,
    OfficeTask,
    Supervision,
    Waiting,
)
from gongzhi.matters.states import RulingState, State, SupervisionState, TaskState
from gongzhi.places.queries import chain_names

NEAR_M = 300


@dataclass(frozen=True, slots=True)
class Task:
    """An office's task with its clock."""

    office: Office
    lead: bool
    first: bool
    state: str
    tone: str
    since: datetime
    due: words.Due


@dataclass(frozen=True, slots=True)
class Heard:
    """One try to ask the requester, and why it counts in no rate, if it does not."""

    call: FollowUp
    exclusion: Exclusion | None
    may_exclude: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """An office that led a matter from a moment on, and why it did not stay there."""

    office: str
    came_at: datetime
    left_at: datetime | None = None
    why: str = ""


@dataclass
class Dossier:
    """The rows that belong to one matter, and what follows from them for the reader."""

    matter: Matter
    by: Staff
    at: datetime
    days: Days
    entries: list[Entry]
    places: list[str]
    photos: list[Attachment]
    messages: list[Message]
    tasks: list[OfficeTask] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    waitings: list[Waiting] = field(default_factory=list)
    deferrals: list[Deferral] = field(default_factory=list)
    supervisions: list[Supervision] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    joined: list[Matter] = field(default_factory=list)
    parts: list[Matter] = field(default_factory=list)

    @cached_property
    def objection(self) -> Objection | None:
        """The objection of the lead that waits for a ruling."""
        return next((o for o in self.asked if o.task_id is None), None)

    @cached_property
    def same(self) -> Matter | None:
        """The open matter that its requester says it repeats."""
        return queries.said_same(self.matter, self.entries, self.by)

    @property
    def asked(self) -> list[Objection]:
        """What offices say against their tasks and nobody has ruled on."""
        return [o for o in self.objections if o.state == RulingState.ASKED]

    @cached_property
    def lead(self) -> OfficeTask | None:
        """The task of the office that leads now."""
        return next((task for task in self.tasks if task.lead and task.is_open), None)

    @property
    def open_tasks(self) -> list[OfficeTask]:
        """The tasks of co-offices that are not done, while the matter goes on."""
        ended = self.matter.is_ended
        return [task for task in self.tasks if task.is_open and not task.lead and not ended]

    def declined(self, task: OfficeTask) -> bool:
        """Return whether the office of ``task`` says that it is not its duty."""
        return any(o.task_id == task.pk for o in self.asked)

    @cached_property
    def open_to_reader(self) -> set[UUID]:
        """The keys of those parts that the reader may open: one query."""
        return set(rules.visible(self.matter.parts.all(), self.by).values_list("pk", flat=True))

    @property
    def route(self) -> list[Stop]:
        """The offices that led it one after the other, each with why it went on from there."""
        stops: list[Stop] = []
        names = {task.office.code: task.office.name for task in self.tasks}
        for entry in self.entries:
            verb = entry.verb.removeprefix("matter.")
            if verb == "send_back" and stops:
                stops[-1] = replace(stops[-1], why=entry.told.get("reason", ""), left_at=entry.at)
            elif verb == "take_over" and stops:
                stops[-1] = replace(stops[-1], left_at=entry.at)
            if verb in ("dispatch", "take_over"):
                code = str(entry.facts.get("office"))
                stops.append(Stop(names.get(code, code), entry.at))
        return stops

    @cached_property
    def extension(self) -> Extension | None:
        """The request for more time that waits for a ruling."""
        return next((e for e in self.extensions if e.state == RulingState.ASKED), None)

    @cached_property
    def waiting(self) -> Waiting | None:
        """The question to the requester that waits for an answer."""
        return next((w for w in self.waitings if w.answered_at is None), None)

    @cached_property
    def deferral(self) -> Deferral | None:
        """The deferral in force."""
        return next((d for d in self.deferrals if d.resumed_at is None), None)

    @cached_property
    def supervision(self) -> Supervision | None:
        """The supervision in force."""
        return next((s for s in self.supervisions if s.lifted_at is None), None)

    @property
    def ordered(self) -> bool:
        """Whether a supervisor waits for a report."""
        return bool(self.supervision and self.supervision.state == SupervisionState.ORDERED)

    @cached_property
    def due(self) -> words.Due:
        """When the present step is due."""
        return words.due(self.matter.due_at, self.at, self.days, self.matter.state)

    @property
    def clocks(self) -> list[words.ClockLine]:
        """The clocks that ran and run, beside each other."""
        return queries.clock_lines(self.matter, self.entries, self.at)

    @cached_property
    def promised(self) -> words.Due:
        """When the answer was promised, while one is awaited."""
        return words.promised(self.matter.answer_by, self.at, self.days, self.matter.state)

    @property
    def why_due(self) -> str:
        """What is due by then."""
        if self.waiting:
            return _("The clock stands still: the requester was asked.")
        return str(WHY_DUE.get(self.matter.state, ""))

    @property
    def state_tone(self) -> str:
        return words.tone(self.matter.state)

    @property
    def state_icon(self) -> str:
        return words.state_icon(self.matter.state)

    @property
    def evidence(self) -> str:
        """The evidence that its duty requires, in the reader's language."""
        return self.matter.evidence

    @property
    def desks(self) -> dict[str, str]:
        """The names of the places that it lies in, by code."""
        return dict(zip(self.matter.chain.split("/"), self.places, strict=False))

    @property
    def held_by(self) -> str:
        """The place whose centre holds it, where that is not its own."""
        code = self.matter.desk.rstrip("/").rpartition("/")[2]
        return "" if self.matter.desk == self.matter.chain else self.desks.get(code, code)

    @property
    def place_names(self) -> str:
        return " › ".join(self.places)

    @property
    def point(self) -> list[dict[str, object]]:
        """The pin of the map."""
        matter = self.matter
        if matter.lat is None:
            return []
        pin: dict[str, object] = {"lat": matter.lat, "lon": matter.lon}
        return [pin | {"tone": self.state_tone, "label": matter.title}]

    @property
    def place_code(self) -> str:
        """The code of its place."""
        return self.matter.chain.rstrip("/").rpartition("/")[2]

    @property
    def map_query(self) -> str:
        """The query for the boundaries around the place."""
        codes = self.matter.chain.split("/")[:-1]
        return f"?within={codes[-2]}" if codes[1:] else ""

    @property
    def near_query(self) -> str:
        """The query for a list of what is open within 300 m, or in the same place where no pin says it."""
        lat, lon = self.matter.lat, self.matter.lon
        if lat is None or lon is None:
            return f"?tab=all&place={self.place_code}"
        return f"?tab=all&box={box_around(lat, lon, NEAR_M)}"

    @property
    def office_tasks(self) -> list[Task]:
        """The tasks of offices with their clocks: the present lead, then the latest first."""
        lead_first = sorted(self.tasks, key=lambda task: not (task.lead and task.is_open))
        return [self._task(task) for task in lead_first]

    def _task(self, task: OfficeTask) -> Task:
        due_at = task.due_at if task.is_open and not task.lead else None
        if task.is_open and task.lead:
            due_at = self.matter.answer_by if task.acknowledged_at else self.matter.due_at
        due = words.due(due_at, self.at, self.days, self.matter.state)
        tone = {TaskState.DONE: "done", TaskState.RETURNED: "waiting"}.get(
            TaskState(task.state), "hand"
        )
        state = task.get_state_display()
        return Task(task.office, task.lead, task.first, state, tone, task.given_at, due)

    @property
    def timeline(self) -> list[words.Event]:
        """The history in people's words, the latest first."""
        names = {task.office.code: task.office.name for task in self.tasks} | self.desks
        if any("peer" in entry.facts for entry in self.entries):
            names |= {office.code: office.name for office in offices().values()}
        names |= {channel.value: str(channel.label) for channel in Channel}
        names |= {result.value: str(result.label) for result in FollowUp.Result}
        names |= {state.value: str(state.label) for state in State}
        if any(entry.verb == "matter.sort" for entry in self.entries):
            for kinds in queries.kind_names(localdate(self.at)).values():
                names |= kinds
        told = self.entries if self.may_hear else words.unheard(self.entries)
        return [words.event(entry, names, self.days) for entry in reversed(told)]

    @cached_property
    def may_hear(self) -> bool:
        """Whether the reader learns what the requester said when asked: no office that worked on it."""
        return rules.may_hear(self.by, self.matter, [task.office_id for task in self.tasks])

    @cached_property
    def heard(self) -> list[Heard]:
        """What came of asking the requester, the latest first: one query, for an office nothing."""
        if not self.follow_ups or not self.may_hear:
            return []
        out = {one.follow_up_id: one for one in self.matter.exclusions.all()}
        for call in self.follow_ups:
            call.matter = self.matter
        return [
            Heard(
                call,
                out.get(call.pk),
                call.is_answer and call.pk not in out and rules.may_exclude(self.by, call),
            )
            for call in self.follow_ups
        ]

    def contact(self, *, shown: bool) -> list[queries.Part]:
        """Return the parts of the contact that there are, masked unless ``shown``."""
        return queries.contact(self.matter, shown=shown)

    @property
    def may_contact(self) -> bool:
        return rules.may_contact(self.by, self.matter)


WHY_DUE: dict[str, str | Promise] = {
    State.RECEIVED: gettext_lazy("to be accepted or not"),
    State.ACCEPTED: gettext_lazy("to be dispatched"),
    State.DISPATCHED: gettext_lazy("to be acknowledged by the office"),
    State.HANDLING: gettext_lazy("to be answered"),
    State.ANSWERED: gettext_lazy("to be checked"),
    State.RESOLVED: gettext_lazy("the requester to be asked"),
    State.DEFERRED: gettext_lazy("to be looked at again"),
}
SIDES: dict[str, tuple[str, type[Model], str]] = {
    # verb → the list it fills, the rows that are in it, their order
    "dispatch": ("tasks", OfficeTask, "-given_at"),
    "involve": ("tasks", OfficeTask, "-given_at"),
    "object": ("objections", Objection, "-raised_at"),
    "decline": ("objections", Objection, "-raised_at"),
    "extend": ("extensions", Extension, "-asked_at"),
    "ask": ("waitings", Waiting, "-asked_at"),
    "defer": ("deferrals", Deferral, "-deferred_at"),
    "supervise": ("supervisions", Supervision, "-ordered_at"),
    "answer": ("answers", Answer, "-at"),
    "settle": ("answers", Answer, "-at"),
    "follow_up": ("follow_ups", FollowUp, "-at"),
    "rate": ("follow_ups", FollowUp, "-at"),
    "close": ("follow_ups", FollowUp, "-at"),
    "force_close": ("follow_ups", FollowUp, "-at"),
    "reopen": ("follow_ups", FollowUp, "-at"),
    "judge": ("follow_ups", FollowUp, "-at"),
}
# What leaves a message.
SPOKEN = {
    "refuse",
    "force_close",
    "handle",
    "finish",
    "note",
    "add",
    "grant",
    "defer",
    "rework",
    "reopen",
}


def read(matter: Matter, by: Staff, at: datetime) -> Dossier:
    """Return what belongs to ``matter``: one query, and one for each side that it has."""
    entries = select(Entry, "seq", subject=matter.pk)
    dossier = Dossier(
        matter=matter,
        by=by,
        at=at,
        days=default_days(),
        entries=entries,
        places=chain_names(matter.chain),
        photos=[],
        messages=[],
    )
    if getattr(matter, "has_photos", True):
        dossier.photos = select(Attachment, "at", "id", matter=matter)
    if getattr(matter, "has_joined", True):
        dossier.joined = list(matter.joined.only("id", "number", "title").order_by("number")[:50])
    verbs = {entry.verb.removeprefix("matter.") for entry in entries}
    matter.verbs = frozenset(verbs)
    if verbs & SPOKEN:
        dossier.messages = select(Message, "at", "id", matter=matter)
        for message in dossier.messages:
            message.by_label = words.who(message.by_label)
    if "split" in verbs:
        dossier.parts = list(matter.parts.order_by("received_at", "id"))
    for name, table, order in {SIDES[verb] for verb in verbs & SIDES.keys()}:
        setattr(dossier, name, select(table, order, matter=matter))
    rows: list[OfficeTask | Answer | Objection | Matter] = [
        *dossier.tasks,
        *dossier.answers,
        *dossier.objections,
        *dossier.parts,
    ]
    for row in rows:
        if office := offices().get(row.office_id):
            row.office = office
    return dossier

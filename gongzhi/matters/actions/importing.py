"""Real messages from elsewhere, through the whole loop at their own times."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from statistics import median
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Held, Office, Role, Staff
from gongzhi.accounts.queries import office_for, offices_above
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import queries, rules
from gongzhi.matters.actions.bulk import batch
from gongzhi.matters.actions.closing import close, inspect
from gongzhi.matters.actions.dispatching import dispatch
from gongzhi.matters.actions.handling import acknowledge, answer
from gongzhi.matters.actions.intake import Report, receive, worded
from gongzhi.matters.actions.sorting import accept
from gongzhi.matters.models import LONGEST_ANSWER, Channel, Kind, Matter
from gongzhi.matters.readers import Row, moment
from gongzhi.places.models import Place

CHUNK = 500
NAMESPACE = UUID("5e0d2f0c-6f0b-5f0e-9a51-5d1f8d9a7c11")  # of keys made from a file's own ids
NOBODY = UUID(int=0)  # the file says what was done, not by whom
CENTRE = "governance_center"
FROM_FILE = "档案导入，未附核查照片。"  # stands in the history of what a file says was done
SOON = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken, and why."""

    number: int
    sentence: str


@dataclass
class Imported:
    """What came of an import; ``days`` from receipt to answer, by topic of the kind."""

    n_received: int = 0
    n_known: int = 0
    n_late: int = 0
    refused: list[Refusal] = field(default_factory=list)
    days: dict[str, list[float]] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)

    def every_day(self) -> list[float]:
        """Return the days of all answers."""
        return [days for some in self.days.values() for days in some]

    def median_days(self) -> float:
        """Return half of the answers took at most so many days; 0 without any."""
        return median(self.every_day() or [0.0])

    def share_soon(self) -> float:
        """Return the share (0 to 1) of answers within 15 days; 0 without any."""
        every = self.every_day()
        return sum(days <= SOON.days for days in every) / len(every) if every else 0.0


@dataclass(frozen=True, slots=True)
class Message:
    """One readable row: what was raised, and how it was answered if it was."""

    key: UUID
    received_at: datetime
    title: str
    text: str
    reply: str
    replied_at: datetime | None


def import_messages(
    rows: Iterable[Row],
    *,
    source: str,
    dry_run: bool = False,
    done: Callable[[int], object] = lambda _n: None,
    by: Actor,
    at: datetime,
) -> Imported:
    """Take messages through the loop: received and answered when they were, sorted by their words.

    ``source`` names the file for good: its rows are known by it, so a repeat adds nothing.  Times
    the file does not hold (accepted, dispatched) are those of receipt.  ``done`` is told how many
    rows were looked at.  500 rows are stored at a time, whole or not.

    :raises ValidationError: no place or no office to file them under
    """
    if not rules.may_load(by):
        raise PermissionDenied(_("Only an administrator may import messages."))
    loop = Loop(at)
    made, rest = Imported(), iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        fresh = _fresh(_readable(chunk, source, loop, made), made)
        with batch() as gathered:
            for row, message in fresh:
                try:
                    gathered.begin()
                    loop.walk(message, made)
                except ValidationError as fault:
                    made.refused.append(Refusal(row.number, " ".join(fault.messages)))
            if dry_run:
                gathered.forget()
        done(len(chunk))
    return made


def _readable(
    chunk: list[Row], source: str, loop: Loop, made: Imported
) -> dict[UUID, tuple[Row, Message]]:
    found: dict[UUID, tuple[Row, Message]] = {}
    for row in chunk:
        try:
            message = _message(row, source, loop)
        except ValidationError as fault:
            made.refused.append(Refusal(row.number, " ".join(fault.messages)))
        else:
            made.n_known += message.key in found
            found.setdefault(message.key, (row, message))
    return found


def _fresh(found: dict[UUID, tuple[Row, Message]], made: Imported) -> list[tuple[Row, Message]]:
    known = set(Matter.objects.filter(form_key__in=found).values_list("form_key", flat=True))
    made.n_known += len(known)
    return [pair for key, pair in found.items() if key not in known]


def _message(row: Row, source: str, loop: Loop) -> Message:
    zone = loop.days.zone
    received = moment(row.cells["time"], zone)
    replied = moment(row.cells["reply_time"], zone) if row.text("reply_time") else None
    if max(received, replied or received) > loop.at:
        raise ValidationError(_("The time lies in the future."))
    if replied and replied < received:
        raise ValidationError(_("The answer is older than the message."))
    reply = worded(row.text("reply"), longest=LONGEST_ANSWER) if row.text("reply") else ""
    content = f"{row.text('time')}\n{row.text('title')}\n{row.text('text')}"
    own = row.text("id") or hashlib.sha256(content.encode()).hexdigest()
    return Message(
        key=uuid5(NAMESPACE, f"{source}\n{own}"),
        received_at=received,
        title=row.text("title"),
        text=worded(row.text("text")),
        reply=reply,
        replied_at=replied,
    )


class Loop:
    """The district, its catalogue and its offices, as far as an import needs them."""

    def __init__(self, at: datetime) -> None:
        """Read what messages are filed under.

        :raises ValidationError: there is no district or no centre yet
        """
        top = Place.objects.filter(parent=None).order_by("code").first()
        centre = office_for(CENTRE, top.path) if top else None
        if not top or not centre:
            raise ValidationError(
                _(
                    "There is no district with a governance centre yet: import places and offices first."
                )
            )
        self.top, self.centre, self.at, self.days = top, centre, at, default_days()
        self.today = at.astimezone(self.days.zone).date()
        roles = (Role.ACCEPTOR, Role.DISPATCHER)
        self.clerk = self._staff(*(Held(role, top.path, None) for role in roles))
        self.inspector = self._staff(Held(Role.INSPECTOR, top.path, None))
        self._above = list(offices_above(top.path))
        self._offices: dict[str, Office] = {}

    def _staff(self, *posts: Held) -> Staff:
        return Staff(NOBODY, "file", posts)

    def _office(self, matter: Matter) -> Office:
        """Return whose duty a matter is: in one place it is the same for all of a kind."""
        code = matter.kind_code
        if code not in self._offices:
            found = queries.whose(matter, self._above, self.today)
            self._offices[code] = found.lead or self.centre
        return self._offices[code]

    def walk(self, message: Message, made: Imported) -> None:
        """Receive one message and take it as far as the file says."""
        kind = _kind(message, self.today)
        report = Report(
            kind=kind,
            text=f"{message.title}\n{message.text}" if message.title else message.text,
            place=self.top,
            channel=Channel.FILE,
            form_key=message.key,
        )
        received = message.received_at
        matter = receive(report, by=self.clerk, at=self.at, received_at=received).matter
        accept(matter, by=self.clerk, at=received)
        office = self._office(matter)
        handler = self._staff(Held(Role.HANDLER, self.top.path, office.pk))
        dispatch(matter, office=office, by=self.clerk, at=received)
        acknowledge(matter, by=handler, at=received)
        if message.reply and message.replied_at:
            replied = message.replied_at
            answer(matter, words=message.reply, by=handler, at=replied)
            inspect(matter, instead=FROM_FILE, by=self.inspector, at=replied)
            close(matter, by=self.clerk, at=replied)
            took = (replied - received) / timedelta(days=1)
            made.days.setdefault(kind.topic, []).append(took)
            made.n_late += bool(matter.first_answer_by and replied > matter.first_answer_by)
        made.n_received += 1
        made.received[kind.topic] = made.received.get(kind.topic, 0) + 1


def _kind(message: Message, on: date) -> Kind:
    known = queries.catalogue(on)
    said = queries.suggest_kind(message.text, on, message.title)
    likely = next((known[one.label] for one in said if not known[one.label].sealed), None)
    kind = likely or queries.likely_kind("", on)
    if not kind:
        raise ValidationError(_("The catalogue is empty: seed it first."))
    return kind

"""Whistle-calls, consultations and joint meetings: listed, shown, called, answered, held, resolved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.params import functions as given
from pydantic import AwareDatetime, ConfigDict, Field

from gongzhi.exchange.api.catalogue import REFUSALS
from gongzhi.exchange.api.moves import Home, Key, Made, Seen, described
from gongzhi.exchange.api.shapes import Problem
from gongzhi.exchange.http import Called, Opens, tried
from gongzhi.exchange.models import Scope
from gongzhi.matters.models import LONGEST_TEXT
from gongzhi.meetings import actions, queries, rules
from gongzhi.meetings.forms import FORMS, About, CallForm, find_matter
from gongzhi.meetings.models import LONGEST_WORDS, Attendance, Resolution, Summons
from gongzhi.meetings.states import ATTENDANCE, ONLY_CALLER, RESOLUTION, SUMMONS, Sort, State

router = Router()
MEETINGS = Home(actions, rules)
ANSWERS_NO = {404: Problem, 409: Problem, 412: Problem, **REFUSALS}
Record = Summons | Attendance | Resolution


class OfOffice(Schema):
    """How an office answers; ``key`` names it where it is moved."""

    key: str
    office: str
    state: str
    version: int
    arrived_at: datetime | None = None


class Resolved(Schema):
    """What an office has to do by when; ``key`` names it where it is moved."""

    key: str
    office: str
    state: str
    version: int
    text: str
    until: date


class MeetingOut(Schema):
    """A call of offices; ``matter`` is the number of what it is about, if it is about one."""

    key: str
    sort: str
    state: str
    version: int
    place: str
    matter: str | None
    words: str
    where: str
    begins_at: datetime
    urgent: bool
    outcome: str
    offices: list[OfOffice]
    resolutions: list[Resolved]

    @staticmethod
    def of(summons: Summons) -> MeetingOut:
        """Return a call with who was called and what was resolved (2 queries)."""
        called = summons.attendances.select_related("office").order_by("office__code")
        plain = ("sort", "state", "version", "words", "where", "begins_at", "urgent", "outcome")
        about = summons.matter
        return MeetingOut(
            key=str(summons.pk),
            place=summons.place.code,
            matter=about.number if about and not about.sealed else None,
            offices=[
                OfOffice(office=one.office.code, arrived_at=one.arrived_at, **_row(one))
                for one in called
            ],
            resolutions=[
                Resolved(office=one.office.code, text=one.text, until=one.until, **_row(one))
                for one in summons.resolutions.select_related("office").order_by("rank")
            ],
            **{name: getattr(summons, name) for name in plain},
        )


def _row(one: Attendance | Resolution) -> dict[str, Any]:
    return {"key": str(one.pk), "state": one.state, "version": one.version}


class MeetingAsked(Schema):
    """Of which month (``YYYY-MM``; without one the present), and of which state."""

    month: str = Field("", pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", max_length=7)
    state: State | None = None


class CallIn(Schema):
    """Whom to call where and when; a joint meeting has ``topics``, all else is about a matter."""

    model_config = ConfigDict(extra="forbid")

    sort: Sort
    number: str = Field("", max_length=40)
    topics: str = Field("", max_length=LONGEST_TEXT, description="one topic or number a line")
    begins_at: AwareDatetime
    where: str = Field(max_length=200)
    link: str = Field("", max_length=300)
    words: str = Field(max_length=LONGEST_WORDS)
    urgent: bool = False
    offices: list[str] = Field(min_length=1, max_length=100, description="codes of offices")


@router.get(
    "/meetings",
    response={200: list[MeetingOut], **REFUSALS},
    auth=Opens(Scope.READ),
    operation_id="meetings",
)
def list_meetings(request: Called, asked: Query[MeetingAsked]) -> list[MeetingOut]:
    """The calls of a month that the client convenes or an office of it was called to, the latest first."""
    year, _dash, month = asked.month.partition("-")
    first = date(int(year), int(month), 1) if month and int(year) else localdate().replace(day=1)
    found = queries.month(request.caller, first).with_names().select_related("matter")
    found = found.filter(state=asked.state) if asked.state else found
    return [MeetingOut.of(one) for one in found[: queries.MOST]]


@router.get(
    "/meetings/{key}",
    response={200: MeetingOut, 404: Problem, **REFUSALS},
    auth=Opens(Scope.READ),
    operation_id="meeting",
)
def show_meeting(
    request: Called, key: Annotated[UUID, given.Path(description="the key of the call")]
) -> MeetingOut:
    """A call with the offices called and what was resolved."""
    return MeetingOut.of(_summons(key, request))


@router.post(
    "/meetings",
    response={201: MeetingOut, **REFUSALS},
    auth=Opens(Scope.MOVE),
    operation_id="call_offices",
)
def call_offices(request: Called, said: CallIn) -> Status[MeetingOut]:
    """Call offices together: a whistle-call, a consultation or a joint meeting."""
    if not rules.convened(request.caller):
        raise PermissionDenied(ONLY_CALLER)
    at = now()
    matter = find_matter(said.number, request.caller) if said.sort != Sort.JOINT_MEETING else None
    form = CallForm(said.dict(), sort=said.sort, by=request.caller, at=at, matter=matter)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())

    def made() -> Summons:
        return actions.call(form.call(), by=request.caller, at=at)

    summons = tried(request.caller, at, made)
    return Status(HTTPStatus.CREATED, MeetingOut.of(summons))


def _summons(key: UUID, request: Called) -> Summons:
    """Return a call that the client may see.

    :raises Http404: there is none, or it is not theirs to see
    """
    found = Summons.objects.with_names().select_related("matter").filter(pk=key).first()
    if found is None or not rules.may_see(request.caller, found):
        raise Http404(_("There is no such meeting."))
    return found


def _found(table: type[Record], key: UUID, request: Called) -> tuple[Record, Summons]:
    if table is Summons:
        summons = _summons(key, request)
        return summons, summons
    row = table._default_manager.select_related("office").filter(pk=key).first()
    if not isinstance(row, Attendance | Resolution):
        raise Http404(_("There is no such meeting."))
    row.summons = _summons(row.summons_id, request)
    return row, row.summons


def _operation(made: Made, table: type[Record]) -> Callable[..., MeetingOut]:
    """Return the operation of a move, with the signature that describes it."""

    def pressed(request: Called, key: UUID, said: Schema | None, seen: str) -> MeetingOut:
        row, summons = _found(table, key, request)
        at = now()

        def press() -> Summons:
            made.press(request, row, said, seen, at, about=About(row, summons, at))
            return summons

        return MeetingOut.of(tried(request.caller, at, press))

    def bare(request: Called, key: Key, seen: Seen) -> MeetingOut:
        return pressed(request, key, None, seen)

    def full(request: Called, said: Schema, key: Key, seen: Seen) -> MeetingOut:
        return pressed(request, key, said, seen)

    return described(made, full if made.says else bare, MeetingOut)


OF = (
    ("meetings", Summons, SUMMONS),
    ("called", Attendance, ATTENDANCE),
    ("resolved", Resolution, RESOLUTION),
)
for _path, _table, _lifecycle in OF:
    for _move in _lifecycle.moves:
        _made = Made(_lifecycle, _move.name, FORMS[_move.name], MEETINGS)
        router.add_api_operation(
            f"/{_path}/{{key}}/{_move.name}",
            ["POST"],
            _operation(_made, _table),
            response={200: MeetingOut, **ANSWERS_NO},
            auth=Opens(Scope.MOVE),
            operation_id=f"{_path}_{_move.name}",
            summary=_move.name,
        )

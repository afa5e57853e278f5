"""What a client raised for somebody: how it stands, and what they say of it, as on the portal.

Who shows the key under which it was raised is whoever raised it: no other client knows that key, and
none follows by it what it did not raise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import override
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from gongzhi.exchange import queries
from gongzhi.exchange.api.catalogue import REFUSALS
from gongzhi.exchange.api.matters import FileIn, Key, Number, files_of
from gongzhi.exchange.api.moves import Seen, stale
from gongzhi.exchange.api.shapes import AnswerOut, MatterOut, Problem, RaisedOut, SaidOut
from gongzhi.exchange.http import Called, Opens, tried
from gongzhi.exchange.models import Scope
from gongzhi.matters import actions
from gongzhi.matters.models import LONGEST_TEXT, FollowUp, Matter, Message
from gongzhi.matters.rules import Holder
from gongzhi.matters.states import MATTER

router = Router()
OPENS = Opens(Scope.RAISE)
ANSWERS = {200: MatterOut, 404: Problem, 409: Problem, 412: Problem, **REFUSALS}
Satisfied = Annotated[int | None, Field(ge=1, le=5, description="1 not at all, 5 very")]


class Said(Schema):
    model_config = ConfigDict(extra="forbid")


class AddIn(Said):
    words: str = Field(max_length=LONGEST_TEXT)
    files: list[FileIn] = Field(default=[], max_length=9)


class AskedIn(Said):
    satisfied: Satisfied = None
    in_time: bool | None = Field(default=None, description="whether they were answered in time")


class RateIn(AskedIn):
    comment: str = Field(default="", max_length=1000)


class ReopenIn(AskedIn):
    reason: str = Field(max_length=1000)
    why_not: FollowUp.WhyNot | None = None


class JudgeIn(RateIn):
    solved: bool
    why_not: FollowUp.WhyNot | None = None


class WithdrawIn(Said):
    reason: str = Field(default="", max_length=500)


@router.get(
    "/raised/{number}",
    response={200: RaisedOut, 404: Problem, **REFUSALS},
    auth=OPENS,
    operation_id="raised",
)
def show(request: Called, response: HttpResponse, number: Number, key: Key) -> RaisedOut:
    """How a matter stands for who raised it: answers, what was told, and what is asked of them.

    Of a sealed matter number and state alone.  ``Idempotency-Key`` is the one it was raised with.
    """
    found = queries.raised(number, key, request.caller)
    response["ETag"] = f'"{found.version}"'
    out = MatterOut.of(found).dict()
    if found.sealed:
        return RaisedOut(**out)
    answers = found.answers.select_related("office").order_by("at")
    asked = found.waitings.filter(answered_at=None).first()
    told = found.messages.filter(sort=Message.Sort.TOLD).order_by("at")
    return RaisedOut(
        **out,
        answers=[AnswerOut.of(one) for one in answers],
        told=[SaidOut(text=one.text, at=one.at) for one in told],
        question=asked.question if asked else None,
        moves=[move.name for move in MATTER.open_from(found.state) if move.name in MOVES],
    )


def _pressed(
    name: str, request: Called, found: Matter, seen: str, says: Mapping[str, Any]
) -> MatterOut:
    """Make a move as whoever raised it.

    :raises Stale: it has moved meanwhile
    """
    at = now()
    stale(seen, found.version)
    by = Holder(None, "requester", found.pk)
    act: Callable[..., object] = getattr(actions, name)

    def made() -> Matter:
        act(found, by=by, at=at, **says)
        return found

    return MatterOut.of(tried(request.caller, at, made))


def _words(said: Said | None) -> dict[str, Any]:
    """Return the arguments of the action."""
    says = said.dict() if said else {}
    if "files" in says and isinstance(said, AddIn):
        del says["files"]
        says["photos"] = files_of(said.files)
    if "why_not" in says:
        says["why_not"] = says["why_not"] or ""
    return says


MOVES: dict[str, type[Said] | None] = {
    "add": AddIn,
    "rate": RateIn,
    "reopen": ReopenIn,
    "judge": JudgeIn,
    "withdraw": WithdrawIn,
    "restore": None,
}


def _operation(name: str, shape: type[Said] | None) -> Callable[..., MatterOut]:
    """Return the operation of a move of who raised it, with the signature that describes it."""

    def bare(request: Called, number: Number, key: Key, seen: Seen) -> MatterOut:
        found = queries.raised(number, key, request.caller)
        return _pressed(name, request, found, seen, {})

    def full(request: Called, said: Said, number: Number, key: Key, seen: Seen) -> MatterOut:
        found = queries.raised(number, key, request.caller)
        return _pressed(name, request, found, seen, _words(said))

    operation = full if shape else bare
    told = {"request": Called, "number": Number, "key": Key, "seen": Seen, "return": MatterOut}
    names = operation.__annotations__
    operation.__annotations__ = {one: told.get(one, shape) for one in names}
    with override("en"):
        operation.__doc__ = f"{MATTER[name].label}: said by who raised it."
    return operation


for _name, _shape in MOVES.items():
    router.add_api_operation(
        f"/raised/{{number}}/{_name}",
        ["POST"],
        _operation(_name, _shape),
        response=ANSWERS,
        auth=OPENS,
        operation_id=f"raised_{_name}",
        summary=_name,
    )

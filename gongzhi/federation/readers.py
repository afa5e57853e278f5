"""What another installation says, read as strictly as anything from outside: the shapes of parcels."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gongzhi.matters.models import LONGEST_ANSWER, LONGEST_TEXT
from gongzhi.matters.states import State
from gongzhi.matters.words import PURPOSES

MOST = 100  # parcels in one message
MOST_FILES = 30

Words = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Answer = Annotated[str, StringConstraints(max_length=LONGEST_ANSWER)]
Short = Annotated[str, StringConstraints(max_length=300)]
Code = Annotated[str, StringConstraints(max_length=60)]
Number = Annotated[str, StringConstraints(max_length=24)]


S = TypeVar("S", bound="Shape")


class Unreadable(Exception):  # noqa: N818  told to who sent it
    """What was sent is not as described; says where."""


class Shape(BaseModel):
    """What is read: known fields alone, so that a misspelt one does not pass unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class File(Shape):
    """A file that can be fetched where the parcel comes from."""

    key: UUID
    name: Short = ""
    stage: Code


class Body(Shape):
    """What every parcel may say: how it stands there now, and what is promised there."""

    state: State | None = None
    due: AwareDatetime | None = None


class Hand(Body):
    """A matter is handed over."""

    number: Number
    kind: Code
    text: Words
    place: Code
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    address: Annotated[str, StringConstraints(max_length=200)] = ""
    urgent: bool = False
    danger: Annotated[str, StringConstraints(max_length=20)] = ""
    complaint: bool = False
    synthetic: bool = False
    files: list[File] = Field(default=[], max_length=MOST_FILES)


class Said(Body):
    """Words, with files where there are some."""

    text: Words = ""
    files: list[File] = Field(default=[], max_length=MOST_FILES)


class Answered(Body):
    """The answer, checked there."""

    text: Answer
    ground: Short = ""
    files: list[File] = Field(default=[], max_length=MOST_FILES)


class Kept(Body):
    """Under which number it stands there."""

    number: Number


class More(Body):
    """More time is needed."""

    work_days: int = Field(ge=1, le=60)
    reason: Words


class Closed(Body):
    """It ended where it was raised; ``solved`` is what its requester said, if anything."""

    solved: bool | None = None


class Lost(Body):
    """A parcel could not be done, and why."""

    seq: int
    verb: Code
    why: Short


BODIES: dict[str, type[Body]] = {
    # from where it was raised
    "hand": Hand,
    "add": Said,
    "urge": Said,
    "again": Said,
    "recall": Said,
    "restore": Body,
    "closed": Closed,
    # from where it is handled
    "kept": Kept,
    "take": Body,
    "progress": Said,
    "ask": Said,
    "extend": More,
    "answer": Answered,
    "return": Said,
    # from either
    "state": Said,
    "lost": Lost,
}
TO_HANDLE = frozenset({"hand", "add", "urge", "again", "recall", "restore", "closed"})
FROM_HANDLING = frozenset({"kept", "take", "progress", "ask", "extend", "answer", "return"})


class Wire(Shape):
    """One parcel as it is sent; its body is read when its verb is known."""

    seq: int = Field(ge=1)
    ref: UUID
    verb: Code
    at: AwareDatetime
    body: dict[str, Any]


class Message(Shape):
    """Parcels in their order, and what time it is there."""

    now: AwareDatetime
    parcels: list[Wire] = Field(max_length=MOST)


class Question(Shape):
    """Who asks how to reach somebody, and what for."""

    ref: UUID
    purpose: Code
    who: Annotated[str, StringConstraints(min_length=1, max_length=120)]


def message(body: bytes) -> Message:
    """Return what a message says.

    :raises Unreadable: it is not JSON in UTF-8, or not as described
    """
    return _read(Message, body)


def question(body: bytes) -> Question:
    """Return what is asked, for one of the purposes that a look can have.

    :raises Unreadable: as `message`, or an unknown purpose
    """
    asked = _read(Question, body)
    if asked.purpose not in PURPOSES:
        raise Unreadable("purpose")
    return asked


def body_of(verb: str, body: dict[str, Any]) -> Body:
    """Return the body of a parcel.

    :raises Unreadable: an unknown verb, or not as described for it
    """
    shape = BODIES.get(verb)
    if shape is None:
        raise Unreadable(f"verb {verb}")
    try:
        return shape.model_validate(body, strict=False)
    except ValidationError as fault:
        raise Unreadable(_where(fault)) from fault


def _read(shape: type[S], body: bytes) -> S:
    try:
        return shape.model_validate_json(body)
    except (ValidationError, UnicodeError, RecursionError) as fault:
        raise Unreadable(_where(fault) if isinstance(fault, ValidationError) else "JSON") from fault


def _where(fault: ValidationError) -> str:
    """Return the first places that are not as described: never what stands there."""
    errors = fault.errors(include_input=False, include_url=False)
    return ", ".join("/".join(map(str, one["loc"])) or one["type"] for one in errors[:5])[:200]


def moment(said: object) -> datetime | None:
    """Return a time that a level answered with, or None where it is none."""
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else None

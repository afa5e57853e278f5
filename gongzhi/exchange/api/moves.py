"""Every move that staff make on their pages, by the same forms and the same actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.http import Http404
from django.utils.datastructures import MultiValueDict
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import Router, Schema
from ninja.params import functions as given
from pydantic import ConfigDict, Field, create_model

from gongzhi.base.moves import Lifecycle, MoveLost, MoveRefused
from gongzhi.exchange import queries
from gongzhi.exchange.api.catalogue import REFUSALS
from gongzhi.exchange.api.matters import FileIn, Number, decoded
from gongzhi.exchange.api.shapes import FieldOut, MatterOut, MoveOut, Problem
from gongzhi.exchange.http import Called, Opens, tried
from gongzhi.exchange.models import Scope
from gongzhi.matters import actions, rules
from gongzhi.matters.forms import FORMS, TASK_FORMS, About, MoveForm, PhrasedForm
from gongzhi.matters.models import Matter
from gongzhi.matters.states import MATTER, TASK
from gongzhi.matters.uploads import UploadsField

router = Router()
OPENS = Opens(Scope.MOVE)
ANSWERS = {200: MatterOut, 404: Problem, 409: Problem, 412: Problem, **REFUSALS}

Out = TypeVar("Out", bound=Schema)
Seen = Annotated[
    str,
    given.Header(
        alias="If-Match",
        min_length=1,
        max_length=20,
        description="the version that was read: the ETag of the matter, “version” of the task",
    ),
]
Key = Annotated[UUID, given.Path(description="the key of the task")]


class Stale(MoveLost):
    """The matter has moved since the client read it: its ``If-Match`` names another version."""


def stale(seen: str, version: int) -> None:
    """Refuse where the client has ``seen`` another version.

    :raises Stale: see there
    """
    if seen.removeprefix("W/").strip('"') != str(version):
        raise Stale(_("Somebody else was first. Look again at how it stands now."))


class Made:
    """One move as an operation: what is sent becomes the form of its page, and that its action."""

    def __init__(self, lifecycle: Lifecycle, name: str, form: type[forms.Form], of: Home) -> None:
        self.name, self.form, self.lifecycle, self.of = name, form, lifecycle, of
        self.move = lifecycle[name]
        self.says = shape_of(name, form)

    def press(
        self,
        request: Called,
        moved: Model,
        said: Schema | None,
        seen: str,
        at: datetime,
        **about: Any,
    ) -> None:
        """Make the move; ``about`` is what its form has to know.

        :raises PermissionDenied: it is not the client's to make
        :raises Stale: the record has moved meanwhile
        :raises MoveRefused: it is not open from this state
        :raises ValidationError: a field is missing or wrong
        """
        version, state = moved.version, moved.state  # type: ignore[attr-defined]
        if not getattr(self.of.rules, f"may_{self.name}")(request.caller, moved):
            raise PermissionDenied(self.move.only)
        stale(seen, version)
        if state not in self.move.sources:
            raise MoveRefused(self.lifecycle.why_closed(self.move, state))
        given, files = _as_form(said)
        form = self.form(given, files, **about)
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        act: Callable[..., object] = getattr(self.of.actions, self.name)
        act(moved, by=request.caller, at=at, **form.given())  # type: ignore[attr-defined]

    def on_matter(self, request: Called, about: About, said: Schema | None, seen: str) -> MatterOut:
        """Make a move of a matter, or of a task on it; a sealed one is handled at the desk alone."""
        if about.matter.sealed:
            raise PermissionDenied(_("Sealed matters are handled at the desk alone."))

        def made() -> Matter:
            self.press(request, about.moved, said, seen, about.at, about=about, name=self.name)
            return about.matter

        return MatterOut.of(tried(request.caller, about.at, made))


@dataclass(frozen=True, slots=True)
class Home:
    """Where the actions of a lifecycle are, and the rules that they ask."""

    actions: Any
    rules: Any


MATTERS = Home(actions, rules)


def shape_of(name: str, form: type[forms.Form]) -> type[Schema] | None:
    """Return what a move is sent with, read from the fields of its form; ``None`` without any.

    Where a standard phrase may stand for words, the form says whether either is there.
    """
    phrased = issubclass(form, PhrasedForm)
    fields = {key: field for key, field in form.base_fields.items() if key != "version"}
    kinds: dict[str, Any] = {key: _kind_of(field) for key, field in fields.items()}
    shape: dict[str, Any] = {
        key: (kinds[key], _told(field, needed=field.required and not phrased))
        for key, field in fields.items()
    }
    if phrased:
        shape["phrase"] = (str, Field(default="", description="the code of a standard phrase"))
    if not shape:
        return None
    named = "".join(word.title() for word in name.split("_"))
    made: type[MoveIn] = create_model(f"{named}In", __base__=MoveIn, **shape)
    return made


class MoveIn(Schema):
    model_config = ConfigDict(extra="forbid")


def _kind_of(field: forms.Field) -> Any:
    if isinstance(field, forms.DecimalField | forms.FloatField):
        return float
    kinds: tuple[tuple[type[forms.Field], Any], ...] = (
        (UploadsField, list[FileIn]),
        (forms.MultipleChoiceField, list[str]),
        (forms.BooleanField, bool),
        (forms.IntegerField, int),
        (forms.DateTimeField, datetime),
        (forms.DateField, date),
    )
    return next((kind for one, kind in kinds if isinstance(field, one)), str)


def _told(field: forms.Field, *, needed: bool) -> Any:
    with override("en"):
        words = ". ".join(str(said) for said in (field.label, field.help_text) if said)
    kind = _kind_of(field)
    bounds: dict[str, Any] = (
        {"max_length": getattr(field, "max_length", None)} if kind is str else {}
    )
    if kind is int:
        bounds = {"ge": getattr(field, "min_value", None), "le": getattr(field, "max_value", None)}
    usual = ... if needed else EMPTY.get(kind, [])
    return Field(usual, description=words, **bounds)


EMPTY: dict[Any, Any] = {str: "", bool: False, int: None, float: None, date: None, datetime: None}


def _as_form(said: Schema | None) -> tuple[dict[str, Any], MultiValueDict[str, Any]]:
    """Return what was sent as a form is: fields, and files apart."""
    sent = {name: getattr(said, name) for name in type(said).model_fields} if said else {}
    files: MultiValueDict[str, Any] = MultiValueDict()
    for name, value in list(sent.items()):
        if isinstance(value, list) and any(isinstance(one, FileIn) for one in value):
            del sent[name]
            files.setlist(name, [SimpleUploadedFile(f.name or "file", decoded(f)) for f in value])
    return sent, files


def _of_matter(made: Made) -> Callable[..., MatterOut]:
    """Return the operation of a move of a matter, with the signature that describes it."""

    def bare(request: Called, number: Number, seen: Seen) -> MatterOut:
        found = queries.matter(number, request.caller)
        return made.on_matter(request, About(found, request.caller, now()), None, seen)

    def full(request: Called, said: MoveIn, number: Number, seen: Seen) -> MatterOut:
        found = queries.matter(number, request.caller)
        return made.on_matter(request, About(found, request.caller, now()), said, seen)

    return described(made, full if made.says else bare, MatterOut)


def _of_task(made: Made) -> Callable[..., MatterOut]:
    """Return the operation of a move of the task of a co-office."""

    def bare(request: Called, key: Key, seen: Seen) -> MatterOut:
        task = queries.task(key, request.caller)
        return made.on_matter(request, About(task.matter, request.caller, now(), task), None, seen)

    def full(request: Called, said: MoveIn, key: Key, seen: Seen) -> MatterOut:
        task = queries.task(key, request.caller)
        return made.on_matter(request, About(task.matter, request.caller, now(), task), said, seen)

    return described(made, full if made.says else bare, MatterOut)


def described(made: Made, operation: Callable[..., Out], out: type[Out]) -> Callable[..., Out]:
    """Give an operation the signature and the words that describe it."""
    told = {"request": Called, "number": Number, "key": Key, "seen": Seen, "return": out}
    names = operation.__annotations__
    operation.__annotations__ = {name: told.get(name, made.says) for name in names}
    with override("en"):
        operation.__doc__ = f"{made.move.label}. {made.move.only}"
    return operation


@router.get(
    "/matters/{number}/moves",
    response={200: list[str], 404: Problem, **REFUSALS},
    auth=OPENS,
    operation_id="moves",
)
def list_moves(request: Called, number: Number) -> list[str]:
    """The moves that are open from the state it is in and are the client's to make."""
    return _open(queries.matter(number, request.caller), request)


@router.get(
    "/matters/{number}/moves/{move}",
    response={200: MoveOut, 404: Problem, **REFUSALS},
    auth=OPENS,
    operation_id="move",
)
def show_move(
    request: Called, number: Number, move: Annotated[str, given.Path(max_length=30)]
) -> MoveOut:
    """What an open move is sent with: its fields, with the choices there are for this matter."""
    found = queries.matter(number, request.caller)
    if move not in _open(found, request):
        raise Http404(_("This move is not open, or not yours to make."))
    form = FORMS[move](about=About(found, request.caller, now()), name=move)
    fields = [_field(name, form) for name in form.fields if name != "version"]
    return MoveOut(name=move, label=str(MATTER[move].label), fields=fields)


def _open(matter: Matter, request: Called) -> list[str]:
    if matter.sealed:
        return []
    listed = [move.name for move in MATTER.open_from(matter.state) if move.name in FORMS]
    return [name for name in listed if getattr(rules, f"may_{name}")(request.caller, matter)]


def _field(name: str, form: MoveForm) -> FieldOut:
    field = form.fields[name]
    choices = _flat(field.choices) if isinstance(field, forms.ChoiceField) else None
    label = str(field.label or name)
    return FieldOut(name=name, label=label, required=field.required, choices=choices)


def _flat(choices: Any) -> list[list[str]]:
    """Return value and name of each choice, without the groups they stand in."""
    flat: list[list[str]] = []
    for value, label in choices:
        inner = label if isinstance(label, list | tuple) else [(value, label)]
        flat += [[str(one), str(name)] for one, name in inner if one != ""]
    return flat


for _name, _form in FORMS.items():
    _made = Made(MATTER, _name, _form, MATTERS)
    router.add_api_operation(
        f"/matters/{{number}}/{_name}",
        ["POST"],
        _of_matter(_made),
        response=ANSWERS,
        auth=OPENS,
        operation_id=_name,
        summary=_name,
    )
for _name, _form in TASK_FORMS.items():
    _made = Made(TASK, _name, _form, MATTERS)
    router.add_api_operation(
        f"/tasks/{{key}}/{_name}",
        ["POST"],
        _of_task(_made),
        response=ANSWERS,
        auth=OPENS,
        operation_id=_name,
        summary=_name,
    )

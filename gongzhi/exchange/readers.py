"""What a foreign message says, by a mapping of pointers: each field by itself, or why it cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from gongzhi.base import text
from gongzhi.exchange import pointers

LONGEST_TEXT, LONGEST_ID, LONGEST_WORDS = 5000, 200, 200
NEEDED = ("text", "id")
Reading = Mapping[str, Callable[[Any], Any]]


class NotJSON(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The message is no JSON in UTF-8."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a field cannot be; ``pointer`` says where it stands in the message."""

    field: str
    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says, by field; and what is wrong with it."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def parse(body: bytes) -> Any:
    """Return the document of a message.

    :raises NotJSON: it is none, or holds numbers that are none
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as fault:
        raise NotJSON from fault


def _refuse(name: str) -> None:
    raise ValueError(name)


def read(
    mapping: Mapping[str, str],
    document: Any,
    *,
    reading: Reading | None = None,
    needed: Collection[str] = NEEDED,
) -> Said:
    """Return what ``document`` says of each field that ``mapping`` has a pointer for.

    ``reading`` says how each field is read: unless told, those of a matter that is raised.
    """
    said = Said()
    for name, reader in (reading or READ).items():
        pointer = mapping.get(name, "")
        found = pointers.find(document, pointer) if pointer else None
        try:
            value = None if found is None else reader(found)
            if name in needed and not value:
                raise ValidationError(_("This is needed and is not there."))  # noqa: TRY301
        except ValidationError as fault:
            said.faults.append(Fault(name, pointer, " ".join(fault.messages)))
        else:
            said.values[name] = value
    return said


def words(longest: int) -> Callable[[Any], str]:
    """Return the reader of text of at most ``longest`` characters."""

    def read_words(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValidationError(_("This must be text."))
        plain = text.clean(str(value).encode("utf-8", "replace").decode())
        if len(plain) > longest:
            said = _("This is longer than %(most)d characters.") % {"most": longest}
            raise ValidationError(said)
        return plain

    return read_words


def degrees(most: float) -> Callable[[Any], float]:
    """Return the reader of degrees between minus ``most`` and ``most``."""

    def read_degrees(value: Any) -> float:
        try:
            number = float(value) if isinstance(value, str | int | float) else most + 1
        except (ValueError, OverflowError):
            number = most + 1
        if isinstance(value, bool) or not -most <= number <= most:
            said = _("This must be degrees between -%(most)d and %(most)d.") % {"most": most}
            raise ValidationError(said)
        return number

    return read_degrees


def moment(value: Any) -> datetime:
    """Return a time; one without a zone is meant here.

    :raises ValidationError: it is none
    """
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(_("This must be a time such as 2026-03-02T12:00:00+08:00."))
    return found if found.tzinfo else found.replace(tzinfo=get_default_timezone())


def email(value: Any) -> str:
    """Return an address of mail.

    :raises ValidationError: it is none
    """
    address = words(LONGEST_WORDS)(value)
    if address:
        validate_email(address)
    return address


READ: Reading = {
    "text": words(LONGEST_TEXT),
    "id": words(LONGEST_ID),
    "kind": words(LONGEST_WORDS),
    "place": words(LONGEST_WORDS),
    "lat": degrees(90),
    "lon": degrees(180),
    "address": words(LONGEST_WORDS),
    "occurred_at": moment,
    "name": words(60),
    "phone": words(60),
    "email": email,
}
FIELDS = tuple(READ)

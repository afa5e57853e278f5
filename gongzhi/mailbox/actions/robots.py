"""Robots are added and changed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.base.seal import seal
from gongzhi.mailbox import signing
from gongzhi.mailbox.actions.boxes import may
from gongzhi.mailbox.models import Robot

SECRETS = {Robot.Sort.WECOM: ("token", "aes_key", "receiver"), Robot.Sort.DINGTALK: ("secret",)}
EVERY = ("token", "aes_key", "receiver", "secret")


@transaction.atomic
def add_robot(*, sort: str, by: Actor, at: datetime, **says: Any) -> Robot:
    """Listen to a robot from now on.

    :raises ValidationError: what it is known by is not there, or the name is taken
    """
    may(by)
    key = uuid7()
    known = {name: says.pop(name, "") for name in EVERY}
    robot = Robot(id=key, slug=secrets.token_hex(16), sort=sort, added_at=at, **says)
    robot.sealed = seal(_checked(sort, known), key.hex)
    robot.full_clean()
    robot.save(force_insert=True)
    record(robot, verb="robot.add", by=by, at=at, first=True, facts=_facts(robot))
    return robot


@transaction.atomic
def change_robot(robot: Robot, *, by: Actor, at: datetime, **says: Any) -> None:
    """Change what a robot serves, or what it is known by: what is left empty stays.

    :raises ValidationError: as in `add_robot`
    """
    may(by)
    typed = {name: said for name in EVERY if (said := says.pop(name, ""))}
    says.pop("sort", None)  # another messenger is another robot
    for name, value in says.items():
        setattr(robot, name, value)
    robot.sealed = seal(_checked(robot.sort, robot.known | typed), robot.pk.hex)
    robot.full_clean()
    robot.save(force_update=True)
    facts = _facts(robot) | {"secret": bool(typed)}
    record(robot, verb="robot.change", by=by, at=at, facts=facts)


def _checked(sort: str, known: dict[str, str]) -> dict[str, str]:
    names = SECRETS[Robot.Sort(sort)]
    for name in names:
        if not known.get(name):
            raise ValidationError({name: _("This is needed for this messenger.")})
    if "aes_key" in names and not signing.is_aes_key(known["aes_key"]):
        raise ValidationError({"aes_key": _("An EncodingAESKey has 43 letters and digits.")})
    return {name: known[name] for name in names}


def _facts(robot: Robot) -> dict[str, Any]:
    where = robot.place.code if robot.place else ""
    told = {name: getattr(robot, name) for name in ("name", "sort", "is_on")}
    return told | {"office": robot.office.code, "place": where}

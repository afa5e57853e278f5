"""The cast of `sharing` (with its data officer), and what people ask about their own data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.test import Client

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import Work
from gongzhi.matters import actions as matters
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.rules import holder
from gongzhi.matters.tests.make import ANYBODY, NOON, TODAY, at, kind, report, walk
from gongzhi.rights import actions, tasks
from gongzhi.rights.models import SubjectRequest
from gongzhi.rights.states import Sort
from gongzhi.sharing.tests.make import Town, town

__all__ = ["ANYBODY", "NOON", "SYSTEM", "TODAY", "Town", "at", "kind", "town", "walk"]
MING = Contact(name="王小明", phone="13800138000")
WALK = ("accept", "dispatch", "acknowledge", "answer", "inspect", "rate")


def raised(town: Town, when: datetime = NOON, **says: Any) -> Matter:
    """Receive a matter from somebody who left a contact."""
    given = report(town, contact=MING, **says)
    return matters.receive(given, by=ANYBODY, at=when).matter


def ended(town: Town, when: datetime = NOON, **says: Any) -> Matter:
    """Receive such a matter and take it to its end."""
    return walk(town, raised(town, when, **says), *WALK, at=when)


def ended_before(town: Town, when: datetime, **says: Any) -> Matter:
    """Return one that ended at ``when``, which may lie before anybody of the cast served."""
    matter = ended(town, **says)
    Matter.objects.filter(pk=matter.pk).update(ended_at=when)
    return matter


def asked(
    matter: Matter, sort: str = Sort.SEE, when: datetime = NOON, **says: Any
) -> SubjectRequest:
    """Ask something as the person of ``matter``."""
    return actions.ask(matter, sort=sort, by=holder(matter), at=when, **says)


def examined(town: Town, matter: Matter, sort: str = Sort.SEE, **says: Any) -> SubjectRequest:
    """Ask something, and let the data officer begin to examine it."""
    made = asked(matter, sort, **says)
    actions.examine(made, by=town.staff("data_officer"), at=NOON)
    return made


def erased_beside(matter: Matter, verb: str = "erase") -> None:
    """Let the job run that an erasing leaves."""
    tasks.forget_beside(Work("matter", matter.pk, {"verb": verb, "seq": 0}, NOON))


def follow(client: Client, matter: Matter) -> None:
    """Let a browser hold a matter as if its receipt code had been entered."""
    session = client.session
    session["follows"] = [*session.get("follows", []), matter.pk.hex]
    session.save()

"""Notices that leave the house, for those who chose so: by e-mail and to the robots of offices.

Each says number, event and where to read it: never a title, a word of anybody or a place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import Actor
from gongzhi.base.seal import unseal
from gongzhi.matters.models import Matter
from gongzhi.notices import queries, words
from gongzhi.notices.actions.letters import write
from gongzhi.notices.models import Choice, Letter, Robot


def mail_at_once(
    people: Iterable[UUID],
    said: str,
    *,
    verb: str,
    matter: Matter | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Write to those of ``people`` who want each notice at once; return to how many.

    In their quiet hours it waits until these are over, unless it speaks of danger.
    """
    wanted = [one for one in queries.at_once(people) if words.is_wanted(verb, one.only_work)]
    for choice in wanted:
        after = None if verb == words.DANGER else queries.awake(choice, at)
        write(to=choice.user.email, text=said, verb=verb, matter=matter, after=after, by=by, at=at)
    return len(wanted)


def tell_robots(
    office: Office,
    said: str,
    *,
    verb: str,
    matter: Matter | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Tell the robots of an office what its people are told; return how many."""
    robots = list(office.robots.all())
    for robot in robots:
        tell_robot(robot, said, verb=verb, matter=matter, by=by, at=at)
    return len(robots)


def tell_robot(
    robot: Robot, text: str, *, verb: str, matter: Matter | None = None, by: Actor, at: datetime
) -> Letter:
    """Leave a message for one robot."""
    known = unseal(bytes(robot.sealed), robot.pk.hex)
    way = Letter.Way.ROBOT
    return write(
        to=known["address"], secret=known["secret"], text=text, verb=verb, way=way,
        matter=matter, by=by, at=at,
    )  # fmt: skip


def digest(choice: Choice, *, by: Actor, at: datetime) -> Letter | None:
    """Write one letter with what somebody has not read since the last one; none where there is nothing.

    It is grouped by event and names no matter that the reader may not see any more.
    """
    groups = queries.to_digest(choice, at)
    Choice.objects.filter(pk=choice.pk).update(digested_at=at)
    if not groups:
        return None
    said = words.digest(groups, _address("notices:index"))
    after = queries.awake(choice, at)
    return write(to=choice.user.email, text=said, verb="digest", after=after, by=by, at=at)


def line(matter: Matter, verb: str) -> str:
    """Return what leaves the house of a matter."""
    return words.line(matter.number, verb, _address("matters:show", matter.pk))


def _address(name: str, *args: object) -> str:
    return settings.ORIGIN + reverse(name, args=args)

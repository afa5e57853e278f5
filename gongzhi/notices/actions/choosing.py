"""What people and offices choose: when they are written to, and which robot is told."""

from __future__ import annotations

from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office, Staff
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.base.seal import seal
from gongzhi.notices import backends, rules
from gongzhi.notices.actions.outside import tell_robot
from gongzhi.notices.models import Choice, Letter, Robot


def choose(
    *,
    mail: str,
    only_work: bool,
    quiet_from: time | None = None,
    quiet_to: time | None = None,
    by: Staff,
    at: datetime,
) -> Choice:
    """Keep how ``by`` wants to hear of notices by e-mail.

    :raises ValidationError: one end of the quiet hours is missing, or both are the same
    """
    if (quiet_from is None) != (quiet_to is None) or (quiet_from and quiet_from == quiet_to):
        raise ValidationError(_("Quiet hours need a beginning and another end, or neither."))
    choice, _new = Choice.objects.update_or_create(
        user_id=by.id,
        defaults={
            "mail": mail,
            "only_work": only_work,
            "quiet_from": quiet_from,
            "quiet_to": quiet_to,
            "digested_at": at,
        },
    )
    return choice


def add_robot(
    office: Office, *, sort: str, name: str, address: str, secret: str, by: Actor, at: datetime
) -> Robot:
    """Let a group robot be told of what comes to ``office``; its address is kept sealed.

    :raises PermissionDenied: not an administrator
    :raises ValidationError: the address is none of a host that the settings allow
    """
    rules.check_robots(by)
    if not backends.may_reach(address):
        raise ValidationError(
            _("The address is none of Enterprise WeChat or DingTalk: copy it whole from the robot.")
        )
    key = uuid7()
    sealed = seal({"address": address, "secret": secret}, key.hex)
    robot = Robot.objects.create(
        id=key, office=office, sort=sort, name=name, sealed=sealed, added_at=at
    )
    record(office, verb="office.robot_added", by=by, at=at, facts={"sort": sort, "robot": key.hex})
    return robot


def remove_robot(robot: Robot, *, by: Actor, at: datetime) -> None:
    """Tell a robot nothing more, and forget its address."""
    rules.check_robots(by)
    facts = {"sort": robot.sort, "robot": robot.pk.hex}
    record(robot.office, verb="office.robot_removed", by=by, at=at, facts=facts)
    robot.delete()


def try_robot(robot: Robot, *, by: Actor, at: datetime) -> Letter:
    """Send a robot a line that asks for nothing, to see whether it arrives."""
    rules.check_robots(by)
    text = _("Gongzhi: this group will be told when a matter comes to %(office)s.")
    return tell_robot(robot, text % {"office": robot.office.name}, verb="try", by=by, at=at)

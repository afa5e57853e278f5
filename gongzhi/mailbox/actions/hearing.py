"""What somebody writes to a robot becomes a matter; what a group says among itself is not read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid5

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.actions import spend
from gongzhi.advice.danger import danger_in
from gongzhi.audit.actors import Actor
from gongzhi.base.http import TooMany, sentence
from gongzhi.base.moves import MoveRefused
from gongzhi.mailbox import queries, rules, signing
from gongzhi.mailbox.models import Claim, Robot
from gongzhi.mailbox.readers.robots import Heard
from gongzhi.mailbox.signing import BadSignature
from gongzhi.matters import actions as matters
from gongzhi.matters.actions import Receipt, Report
from gongzhi.matters.models import Channel

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MOST_WRONG, MOST_OF_ONE = 20, 20
CLAIM_FOR = timedelta(days=7)
ASKS = ("回执", "查询码", "receipt", "code")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a callback shows to be let in, and from where it comes (for limits only)."""

    signature: str
    stamp: str
    address: str
    nonce: str = ""


def let_in(robot: Robot, shown: Shown, said: str, *, by: Actor, at: datetime) -> bytes:
    """Let a callback in; return what is sealed in ``said``, of DingTalk nothing.

    :raises BadSignature: it is of another secret or another hour
    :raises MoveRefused: the robot is off
    :raises TooMany: too many wrong ones from one address
    """
    known = robot.known
    try:
        if robot.sort == Robot.Sort.DINGTALK:
            signing.check_dingtalk(known["secret"], shown.signature, shown.stamp, at)
            opened = b""
        else:
            signing.check_wecom(
                known["token"], shown.signature, (shown.stamp, shown.nonce, said), at
            )
            opened = signing.open_wecom(known["aes_key"], said, known["receiver"])
    except BadSignature:
        spend("robot-secret", shown.address, limit=MOST_WRONG, window=MINUTE, by=by, at=at)
        raise
    if not robot.is_on:
        raise MoveRefused(_("This robot is switched off: ask the administrator."))
    return opened


def hear(robot: Robot, heard: Heard, *, by: Actor, at: datetime) -> str:
    """Do what somebody asks of a robot, once; return what it answers.

    In a group neither number, code nor a word of the matter is said: who wrote gets them alone.

    :raises ValidationError: it was not written to the robot: nothing of it is kept
    """
    if not rules.may_hear(by):
        raise PermissionDenied(_("Only a messenger brings what is written to a robot."))
    if not heard.is_meant:
        raise ValidationError(_("A group is not read: only what calls the robot by its name."))
    if not heard.text:
        return _("Please write a few words.")
    if not heard.is_group and heard.text.strip().lower() in ASKS:
        return _give(robot, heard, by, at)
    try:
        spend("robot", f"{robot.pk.hex}\0{heard.who}", limit=MOST_OF_ONE, window=HOUR, by=by, at=at)
        receipt = _take(robot, heard, by, at)
    except (TooMany, ValidationError) as fault:
        return sentence(fault)
    if heard.is_group:
        return _(
            "Received. The number and the receipt code are for you alone: write “receipt” to me in a "
            "private chat within 7 days."
        )
    return _told(receipt)


@transaction.atomic
def _take(robot: Robot, heard: Heard, by: Actor, at: datetime) -> Receipt:
    receipt = matters.receive(_report(robot, heard, at), by=by, at=at)
    if heard.is_group:
        known = {"robot": robot, "whose": queries.whose(robot, heard.who), "until": at + CLAIM_FOR}
        Claim.objects.get_or_create(matter=receipt.matter, defaults=known)
    return receipt


def _report(robot: Robot, heard: Heard, at: datetime) -> Report:
    today = localdate(at)
    kind = queries.kind_of(heard.text, today)
    place = queries.place_of(heard.text, robot.place, today)
    if kind is None or place is None:
        raise ValidationError(_("No places are set up yet. Please call the centre."))
    danger = danger_in(heard.text)
    return Report(
        kind=kind,
        text=heard.text,
        place=place,
        channel=Channel.ROBOT,
        urgent=bool(danger),
        danger=danger,
        form_key=uuid5(robot.pk, heard.key),
    )


def _told(receipt: Receipt) -> str:
    said = {
        "number": receipt.matter.number,
        "code": receipt.code,
        "where": settings.ORIGIN + reverse("portal:follow"),
    }
    return (
        _(
            "We have received your matter %(number)s: keep your receipt code %(code)s. With both you "
            "follow it here: %(where)s"
        )
        % said
    )


@transaction.atomic
def _give(robot: Robot, heard: Heard, by: Actor, at: datetime) -> str:  # noqa: ARG001
    """Give the codes of what somebody wrote in a group, to them alone and once."""
    found = queries.claims(robot, heard.who, at)
    if not found:
        return _("Nothing that you wrote in a group waits for you here.")
    told = [_told(queries.receipt_of(one.matter)) for one in found]
    Claim.objects.filter(pk__in=[one.pk for one in found]).delete()
    return "\n".join(told)

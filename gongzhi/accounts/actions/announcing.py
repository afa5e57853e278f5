"""What changes in administration is told to whom it concerns and to the administrators."""

from __future__ import annotations

from datetime import datetime

from gongzhi.accounts.models import User
from gongzhi.audit.actors import Actor
from gongzhi.jobs.actions import enqueue

ACCOUNT = "account"


def announce(user: User, *, verb: str, by_hand: bool = False, by: Actor, at: datetime) -> None:
    """Leave a job that has ``user`` and the administrators told that ``verb`` happened to the account.

    What the installation does by itself (people taken in, the demo) tells nobody, but for what
    somebody at the machine did ``by_hand``.
    """
    if by_hand or by.id is not None:
        enqueue(ACCOUNT, by=by, at=at, key=user.pk, args={"verb": verb})

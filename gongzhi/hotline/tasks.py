"""What is to be written back is noted and sent; platforms are asked, and their dates warned of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gongzhi.audit.actors import SYSTEM
from gongzhi.hotline import actions, queries
from gongzhi.hotline.models import Line, Platform
from gongzhi.jobs.handlers import Work, every, on


@on("matter")
def note(work: Work) -> None:
    """Note an entry of a matter for the platform; what only reminds of a date has none."""
    if "seq" in work.args:
        seq, verb = work.args["seq"], work.args["verb"]
        actions.write_back(UUID(str(work.key)), seq, verb, by=SYSTEM, at=work.at)


def _line(work: Work) -> Line:
    found = Line.objects.select_related("order__platform", "order__matter")
    return found.get(pk=work.args["line"])


@on(queries.TOPIC, leaves=True)
def send(work: Work) -> None:
    """Write one line; what is answered goes to the handler of the same job."""
    work.args["refused"] = actions.send(_line(work), by=SYSTEM, at=work.at)


@on(queries.TOPIC)
def sent(work: Work) -> None:
    """Keep what was answered."""
    refused = work.args["refused"]
    if refused is not None:
        actions.sent(_line(work), refused=refused, by=SYSTEM, at=work.at)


@on("hotline_poll", leaves=True)
def ask(work: Work) -> None:
    """Ask one platform for its messages."""
    platform = Platform.objects.get(pk=str(work.key))
    work.args["heard"] = actions.ask(platform, by=SYSTEM, at=work.at)


@on("hotline_poll")
def hear(work: Work) -> None:
    """Do what they say."""
    platform = Platform.objects.select_related("place").get(pk=str(work.key))
    actions.polled(platform, heard=work.args["heard"], by=SYSTEM, at=work.at)


@every(minutes=1)
def look_after(at: datetime) -> None:
    """Let every platform be asked that writes to nobody."""
    for platform in queries.polled():
        actions.look_after(platform, by=SYSTEM, at=at)


@every(minutes=15)
def warn(at: datetime) -> None:
    """Warn of dates of theirs that come before ours."""
    actions.warn(by=SYSTEM, at=at)


@every(minutes=30)
def revive(at: datetime) -> None:
    """Try again what could not be written for long."""
    actions.revive(by=SYSTEM, at=at)

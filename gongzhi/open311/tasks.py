"""What is passed on is sent; and servers are asked what became of it."""

from __future__ import annotations

from datetime import datetime

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.open311 import actions, queries
from gongzhi.open311.models import Forwarded, Server


def _forwarded(work: Work) -> Forwarded:
    found = Forwarded.objects.select_related("matter", "server")
    return found.get(pk=str(work.key))


@on("forwarded", leaves=True)
def send(work: Work) -> None:
    """Send one matter that is passed on; what is answered goes to the handler of the same job."""
    work.args["answered"] = actions.send(
        _forwarded(work), attempt=work.attempt, by=SYSTEM, at=work.at
    )


@on("forwarded")
def sent(work: Work) -> None:
    """Keep what was answered."""
    if answered := work.args["answered"]:
        actions.sent(_forwarded(work), answered=answered, by=SYSTEM, at=work.at)


@on("foreign_server", leaves=True)
def ask(work: Work) -> None:
    """Ask one server how things stand there."""
    server = Server.objects.get(pk=str(work.key))
    work.args["heard"] = actions.ask(server, by=SYSTEM, at=work.at)


@on("foreign_server")
def hear(work: Work) -> None:
    """Keep what it said."""
    server = Server.objects.get(pk=str(work.key))
    actions.hear(server, heard=work.args["heard"], by=SYSTEM, at=work.at)


@every(minutes=15)
def look_after(at: datetime) -> None:
    """Let every server be asked where something stands there."""
    for server in queries.servers():
        actions.look_after(server, by=SYSTEM, at=at)

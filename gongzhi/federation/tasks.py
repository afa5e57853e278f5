"""What happens to matters in common is told and sent; files are fetched; ledgers compared."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gongzhi.audit.actors import SYSTEM
from gongzhi.federation import actions, queries
from gongzhi.federation.models import Peer
from gongzhi.jobs.handlers import Work, every, on


@on("matter")
def follow(work: Work) -> None:
    """Tell levels of an entry of a matter; what only reminds of a date has none."""
    if "seq" in work.args:
        actions.follow(UUID(str(work.key)), work.args["seq"], by=SYSTEM, at=work.at)


@every(seconds=2)
def send(at: datetime) -> None:
    """Send every level what waits for it."""
    actions.send(by=SYSTEM, at=at)


@on("level_file", leaves=True)
def fetch(work: Work) -> None:
    """Fetch one file; what came goes to the handler of the same job."""
    shared = queries.shared(UUID(work.args["shared"]))
    key, name = UUID(work.args["file"]), work.args["name"]
    work.args["uploads"] = (
        actions.fetch(shared, key, name=name, by=SYSTEM, at=work.at) if shared else ()
    )


@on("level_file")
def put_file(work: Work) -> None:
    """Put it with its matter."""
    shared = queries.shared(UUID(work.args["shared"]))
    if shared:
        stage, uploads = work.args["stage"], work.args["uploads"]
        actions.put_file(shared, uploads, stage=stage, by=SYSTEM, at=work.at)


@on("level_compare", leaves=True)
def compare(work: Work) -> None:
    """Lay both ledgers side by side."""
    peer = Peer.objects.get(pk=str(work.key))
    work.args["found"] = actions.compare(peer, by=SYSTEM, at=work.at)


@on("level_compare")
def note_compared(work: Work) -> None:
    """Keep what was found."""
    peer = Peer.objects.get(pk=str(work.key))
    actions.note_compared(peer, work.args["found"], by=SYSTEM, at=work.at)


@every(days=1)
def look_after(at: datetime) -> None:
    """Empty what is long done, and compare with every level."""
    actions.forget(by=SYSTEM, at=at)
    for peer in queries.peers():
        actions.ask_compare(peer, by=SYSTEM, at=at)

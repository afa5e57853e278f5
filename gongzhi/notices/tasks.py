"""What follows a move: those it concerns are told.  And letters are sent."""

from __future__ import annotations

import base64
from datetime import datetime
from uuid import UUID

from gongzhi.accounts.actions import ACCOUNT
from gongzhi.accounts.models import Office, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import history
from gongzhi.base.seal import unseal
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.matters.models import Matter
from gongzhi.notices import actions, queries, words
from gongzhi.notices.models import Letter

BESIDE = {"note", "relocate"}  # of which somebody may hear, beside what `words` lists
# What those read too whose matter was joined.
TOLD_TOO = {"answer", "inspect", "rework", "reopen"}


@on("matter")
def tell(work: Work) -> None:
    """Tell those whom a move concerns, in the house and outside."""
    verb = work.args["verb"]
    if verb not in words.NOTICES and verb not in words.LETTERS and verb not in BESIDE:
        return  # most moves tell nobody
    matter = Matter.objects.select_related("office").get(pk=str(work.key))
    named = _named(work) if words.TASK in words.NOTICES.get(verb, ()) else None
    actions.tell_staff(matter, verb=verb, named=named, by=SYSTEM, at=work.at)
    if verb in ("receive", "relocate") and (matter.danger or matter.kind.danger):
        actions.tell_staff(matter, verb="danger", by=SYSTEM, at=work.at)
    if verb == "note":
        note = _entry(work)
        actions.tell_named(
            matter, note.told.get("text", ""), but_signed=note.by_id, by=SYSTEM, at=work.at
        )
    actions.tell_requester(matter, verb=verb, by=SYSTEM, at=work.at)
    for joined in matter.joined.all() if verb in TOLD_TOO else ():
        actions.tell_requester(joined, verb=verb, by=SYSTEM, at=work.at)


def _named(work: Work) -> Office | None:
    """Return the office that a reminder names, or the entry of a move (two queries)."""
    code = work.args.get("office") or _entry(work).facts.get("office")
    return Office.objects.filter(code=code).first()


def _entry(work: Work) -> Entry:
    return history(UUID(str(work.key))).get(seq=work.args["seq"])


@on(ACCOUNT)
def tell_account(work: Work) -> None:
    """Tell whose account it is, and the administrators, what happened to it."""
    user = User.objects.get(pk=str(work.key))
    actions.tell_account(user, verb=work.args["verb"], by=SYSTEM, at=work.at)


@on("message")
def write(work: Work) -> None:
    """Turn a sealed message of another app (a one-time code) into a letter."""
    content = unseal(base64.b64decode(work.args["sealed"]), work.args["about"])
    actions.write(to=content["to"], text=content["text"], verb="code", by=SYSTEM, at=work.at)


@on("letter", leaves=True)
def deliver(work: Work) -> None:
    """Send one letter, unless it was sent already."""
    letter = Letter.objects.get(pk=str(work.key))
    actions.deliver(letter, by=SYSTEM, at=work.at)


@on("letter")
def sent(work: Work) -> None:
    """Keep that the letter was sent."""
    letter = Letter.objects.get(pk=str(work.key))
    actions.sent(letter, attempt=work.attempt, by=SYSTEM, at=work.at)


@every(minutes=10)
def digest(at: datetime) -> None:
    """Write their digest to those for whom it is time."""
    for choice in queries.digests_due(at):
        actions.digest(choice, by=SYSTEM, at=at)

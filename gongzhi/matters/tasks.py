"""What the clock does to matters, and a scanner to their files."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.moves import MoveLost
from gongzhi.deadlines.actions import CHANGED, RENEWED
from gongzhi.deadlines.models import Rule
from gongzhi.jobs.actions import enqueue
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.matters import actions, queries
from gongzhi.matters.models import Attachment, Trained
from gongzhi.matters.scanning import found_in

AT_ONCE = 200


@every(minutes=10)
def close_unanswered(at: datetime) -> None:
    """Close what was checked and asked about, where nobody said anything for seven days."""
    for matter in queries.silent(at)[:AT_ONCE]:
        try:
            actions.close(matter, by=SYSTEM, at=at)
        except MoveLost:
            continue  # somebody did something at this moment: it is theirs


@every(minutes=10)
def remind(at: datetime) -> None:
    """Remind of what is due soon or late."""
    actions.remind(by=SYSTEM, at=at)


@every(minutes=1)
def make_model(at: datetime) -> None:
    """Make the model that somebody asked for."""
    for asked in Trained.objects.filter(state=Trained.State.ASKED):
        actions.make_model(asked, by=SYSTEM, at=at)


@every(minutes=10)
def note_suggestions(at: datetime) -> None:
    """Write down what is suggested for what came, so that its quality can be told."""
    actions.note_suggestions(by=SYSTEM, at=at)
    actions.note_offices(by=SYSTEM, at=at)
    actions.note_places(by=SYSTEM, at=at)


@on(CHANGED)
def recount(work: Work) -> None:
    """Count the dates anew after a calendar changed, some at a time."""
    _on(work, actions.recount(after=_after(work), by=SYSTEM, at=work.at))


@on(RENEWED)
def adopt(work: Work) -> None:
    """Move what runs by older versions of a rule to the one named, some at a time."""
    rule = Rule.objects.get(pk=work.args["rule"])
    _on(work, actions.adopt(rule, after=_after(work), by=SYSTEM, at=work.at))


def _after(work: Work) -> UUID | None:
    return UUID(work.args["after"]) if work.args.get("after") else None


def _on(work: Work, reached: UUID | None) -> None:
    """Leave a job for the rest, if any is left."""
    if reached:
        args = work.args | {"after": str(reached)}
        enqueue(work.topic, by=SYSTEM, at=work.at, key=work.key, args=args)


@every(minutes=1)
def forget_presence(at: datetime) -> None:
    """Forget who had a matter open a while ago."""
    actions.forget_presence(by=SYSTEM, at=at)


@on("prepare", leaves=True)
def prepare(work: Work) -> None:
    """Write a picture anew that came with an act from the field."""
    work.args["made"] = actions.prepare(
        Attachment.objects.get(pk=str(work.key)), by=SYSTEM, at=work.at
    )


@on("prepare")
def prepared(work: Work) -> None:
    """Keep the picture that was written anew."""
    attachment = Attachment.objects.select_related("matter").get(pk=str(work.key))
    actions.prepared(attachment, work.args["made"], by=SYSTEM, at=work.at)


@on("scan", leaves=True)
def scan(work: Work) -> None:
    """Ask the scanner of this installation about a file that was stored."""
    file = Attachment.objects.get(pk=str(work.key)).file
    with file.open() as content:
        work.args["found"] = found_in(content.read(), settings.SCANNER)


@on("scan")
def scanned(work: Work) -> None:
    """Keep what the scanner said."""
    attachment = Attachment.objects.select_related("matter").get(pk=str(work.key))
    actions.scanned(attachment, found=work.args["found"], by=SYSTEM, at=work.at)

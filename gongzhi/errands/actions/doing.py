"""The worker goes there: on the way, done, not possible, and what is sent after it had ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit import actions as audit
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.errands import queries, rules
from gongzhi.errands.actions.writing import end, leave_notice, move, of_errand
from gongzhi.errands.models import Errand
from gongzhi.errands.states import ONLY_WORKER, OUTCOMES, Found, Outcome, Sort, State
from gongzhi.matters.actions.files import attach
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import put, tell_beside
from gongzhi.matters.models import Attachment, Message
from gongzhi.matters.uploads import Upload

LONGEST = 2000
Stage = Attachment.Stage


@dataclass(frozen=True, slots=True)
class Seen:
    """What the worker found: the outcome, an answer to each line of an edition, words and photos.

    ``found`` are photos of how it was, ``left`` of how it was left.
    """

    outcome: str
    edition: int = 0
    answers: Sequence[str] = ()
    said: str = ""
    found: Sequence[Upload] = ()
    left: Sequence[Upload] = ()


@of_errand
def take(errand: Errand, *, by: Actor, at: datetime) -> None:
    """Say that one is on the way."""
    move(errand, "take", by=by, at=at)


@of_errand
def finish(
    errand: Errand, seen: Seen, *, done_at: datetime | None = None, by: Actor, at: datetime
) -> None:
    """Tell what was found, at ``done_at`` where that was earlier; the matter keeps the photos.

    The checklist may be an older edition, which the worker had with them: it is kept with it.

    :raises ValidationError: no outcome of its sort, a line without answer, neither photo nor words
    """
    said = text.clean(seen.said)
    _check(errand, seen, said)
    asker = errand.asker_id
    verb = f"done_{errand.sort}"
    end(
        errand, "finish", whose=by, done_at=done_at or at, by=by, at=at, told={"text": said},
        outcome=seen.outcome, edition=seen.edition, answers=list(seen.answers), said=said,
    )  # fmt: skip
    _attach(errand, seen, at)
    tell_beside(errand.matter, verb, {"outcome": seen.outcome}, told={"text": said}, by=by, at=at)
    leave_notice(errand, "finish", asker, by=by, at=at)


def _check(errand: Errand, seen: Seen, said: str) -> None:
    faults: dict[str, str] = {}
    if seen.outcome not in OUTCOMES[errand.sort]:
        faults["outcome"] = _("Choose what you found.")
    known = queries.edition(errand.sort, seen.edition)
    answers_fit = all(answer in Found.values for answer in seen.answers)
    if known is None or not answers_fit or len(known.pairs) != len(seen.answers):
        faults["edition"] = _("Answer every line of the checklist: yes, no, or not clear.")
    if len(said) > LONGEST:
        faults["said"] = _("Please write at most %(most)d characters; these are %(is)d.") % {
            "most": LONGEST,
            "is": len(said),
        }
    elif not (said or seen.found or seen.left or _speaks_for_itself(errand, seen.outcome)):
        faults["said"] = (
            _("Write in a few words what they said.")
            if errand.sort == Sort.VISIT
            else _("Add a photo, or write why there is none.")
        )
    if faults:
        raise ValidationError(faults)


def _speaks_for_itself(errand: Errand, outcome: str) -> bool:
    return errand.sort == Sort.VISIT and outcome in (Outcome.NOBODY, Outcome.SILENT)


def _attach(errand: Errand, seen: Seen, at: datetime) -> None:
    """Keep photos with the matter; of a visit to somebody none are kept."""
    if errand.sort == Sort.VISIT:
        return
    attach(errand.matter, seen.found, Stage.FOUND, at)
    attach(errand.matter, seen.left, Stage.LEFT, at)


@of_errand
def fail(
    errand: Errand, *, reason: str, done_at: datetime | None = None, by: Actor, at: datetime
) -> None:
    """Say why it cannot be done; whoever asked may ask anew."""
    said = worded(reason, longest=LONGEST)
    asker, sort = errand.asker_id, errand.sort
    end(
        errand, "fail", whose=by, done_at=done_at or at, by=by, at=at, told={"reason": said},
        said=said,
    )  # fmt: skip
    tell_beside(errand.matter, _beside(sort, "undone"), {}, told={"text": said}, by=by, at=at)
    leave_notice(errand, "fail", asker, by=by, at=at)


@transaction.atomic
def keep(errand: Errand, seen: Seen, *, by: Actor, at: datetime) -> str:
    """Keep what a worker sends of an errand that ended meanwhile as a note to its matter.

    Return the sentence that tells them so; where nothing was said and shown, only why.

    :raises PermissionDenied: not somebody who walks there
    """
    if not rules.may_keep(by, errand):
        raise PermissionDenied(ONLY_WORKER)
    why = {
        State.WITHDRAWN: _("This was taken back while you were away."),
        State.DONE: _("This was done by a colleague while you were away."),
    }.get(State(errand.state), _("This had ended while you were away."))
    said = text.clean(seen.said)[:LONGEST]
    if not (said or seen.found or seen.left):
        return why
    record(errand, verb="errand.keep", by=by, at=at, told={"text": said})
    matter, verb = errand.matter, _beside(errand.sort, "late")
    tell_beside(matter, verb, {}, told={"text": said}, by=by, at=at)
    if errand.sort != Sort.VISIT and said:  # of what a requester said, no office reads
        put(Message(matter=matter, sort=Message.Sort.NOTE, text=said, by_label=by.label, at=at))
    _attach(errand, seen, at)
    return why + " " + _("What you wrote and photographed is kept as a note with the matter.")


def _beside(sort: str, verb: str) -> str:
    """Return by which verb the history of the matter tells it: a visit's is not for the office."""
    return f"{verb}_visit" if sort == Sort.VISIT else verb


def reach(errand: Errand, *, by: Actor, at: datetime) -> None:
    """Record that whoever visits the requester looked at how to reach them; shown to the requester.

    :raises PermissionDenied: no visit of theirs, or it has ended, or they wish no contact
    """
    if not rules.may_reach(by, errand):
        raise PermissionDenied(
            _("Only who visits them may see the contact, and only until the visit is done.")
        )
    if errand.matter.requester.no_contact:
        raise PermissionDenied(_("They do not wish to be contacted: nobody visits them."))
    audit.look(errand.matter_id, purpose="visit", by=by, at=at)

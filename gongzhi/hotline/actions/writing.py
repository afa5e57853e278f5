"""What happens to a matter is written back to the platform its order came from: in order, each once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.models import Entry
from gongzhi.base.ids import uuid7
from gongzhi.hotline import backends, queries, rules
from gongzhi.hotline.backends import Far, Refused
from gongzhi.hotline.models import LONGEST_FAULT, Line, Order, Platform
from gongzhi.hotline.words import BACK, EXTEND, STATE
from gongzhi.jobs.actions import enqueue, retry
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.models import Matter

LONGEST_REASON = 500


def write_back(matter: UUID, seq: int, verb: str, *, by: Actor, at: datetime) -> Line | None:
    """Leave what an entry of a matter tells the platform its order came from; nothing where none did.

    Costs one query where the matter is no order.
    """
    order = queries.order_of(matter) if verb in BACK else None
    if order is None or order.lines.filter(seq=seq).exists():
        return None
    entry = Entry.objects.get(subject=matter, seq=seq)
    sort = BACK[verb]
    if sort == EXTEND and not _is_later(order, entry):
        sort = STATE
    return _leave(order, sort, _says(order.matter, sort, entry), seq=seq, by=by, at=at)


def _is_later(order: Order, entry: Entry) -> bool:
    """Return whether what was granted here ends after the platform's date."""
    until = entry.facts.get("answer_by")
    return bool(order.answer_by and until and datetime.fromisoformat(until) > order.answer_by)


def _says(matter: Matter, sort: str, entry: Entry) -> dict[str, Any]:
    """Return what a line says beside number and state."""
    told, facts = entry.told, entry.facts
    says: dict[str, Any] = {"state": facts.get("to", matter.state), "at": _stamp(entry.at)}
    match sort:
        case "take":
            says["answer_by"] = facts.get("answer_by")
        case "return":
            says |= {"ground": told.get("reason", ""), "remedy": told.get("remedy", "")}
        case "answer":
            says["text"] = told.get("text", "")
        case "extend":
            says |= {"until": facts.get("answer_by"), "reason": told.get("reason", "")}
        case "close":
            says |= {"solved": matter.solved, "satisfied": matter.satisfied}
            says |= {"reason": told["reason"]} if told.get("reason") else {}
        case _ if matter.office:
            says["office"] = matter.office.name_zh
    return says


def _leave(
    order: Order, sort: str, says: dict[str, Any], *, seq: int | None, by: Actor, at: datetime
) -> Line:
    line = Line(id=uuid7(), order=order, seq=seq, sort=sort, body=says, at=at)
    line.save(force_insert=True)
    enqueue(queries.TOPIC, by=by, at=at, key=order.pk, args={"line": line.pk.hex})
    return line


def _stamp(at: datetime) -> str:
    return localtime(at).isoformat(timespec="seconds")


@transaction.atomic
def ask_more(order: Order, *, until: datetime, reason: str, by: Actor, at: datetime) -> Line:
    """Ask the platform for more time until ``until``; their ruling comes as a message of theirs.

    :raises ValidationError: no reason, or their date is not before it
    """
    if not rules.may_ask_more(by, order):
        raise PermissionDenied(
            _(
                "Only a dispatcher or supervisor may ask the hotline for more time, while it is open."
            )
        )
    if not rules.is_told(order.matter):
        raise ValidationError(
            _("Of this matter the hotline is told number and state alone: call them.")
        )
    if until <= at or (order.answer_by and until <= order.answer_by):
        raise ValidationError({"until": _("Choose a date after the one the hotline set.")})
    words = worded(reason, longest=LONGEST_REASON)
    says = {"state": order.matter.state, "at": _stamp(at), "until": _stamp(until), "reason": words}
    facts = {"until": until.isoformat()}
    record(order, verb="order.ask_more", by=by, at=at, facts=facts, told={"reason": words})
    return _leave(order, EXTEND, says, seq=None, by=by, at=at)


def send(line: Line, *, by: Actor, at: datetime) -> str | None:
    """Write a line to its platform, outside any transaction; return why it is not taken, "" where it is.

    None where it was sent already.

    :raises NotTaken: not now; the job tries again
    """
    _check_may(by)
    if line.state == Line.State.SENT:
        return None
    platform = line.order.platform
    try:
        backends.send(Far(platform.address, platform.key), told(line), line.pk.hex, at)
    except Refused as fault:
        return str(fault)[:LONGEST_FAULT] or "refused"
    return ""


def told(line: Line) -> dict[str, Any]:
    """Return what is sent, by the names of the platform; of what texts may not leave, number and state."""
    order, platform = line.order, line.order.platform
    says = line.body if rules.is_told(order.matter) else {"state": line.body["state"]}
    sort = line.sort if rules.is_told(order.matter) else STATE
    theirs = {ours: name for name, ours in platform.sorts.items() if name and ours == sort}
    head = {
        "id": line.pk.hex,
        "code": platform.our_code,
        "order": order.number,
        "sort": theirs.get(sort, sort),
        "number": order.matter.number,
        "from": settings.ORIGIN,
    }
    every = head | {name: value for name, value in says.items() if value not in (None, "")}
    return {platform.names.get(name, name): value for name, value in every.items()}


@transaction.atomic
def sent(line: Line, *, refused: str, by: Actor, at: datetime) -> None:
    """Keep that a line was taken, or why not: then it is a dead letter, and the next one goes out."""
    _check_may(by)
    line.fault, line.state = refused, Line.State.REFUSED if refused else Line.State.SENT
    line.sent_at = None if refused else at
    line.save(update_fields=["fault", "state", "sent_at"])
    facts = {"sort": line.sort, "line": line.pk.hex, "state": line.state}
    record(line.order, verb="order.write", by=by, at=at, facts=facts)


@transaction.atomic
def resend(line: Line, *, by: Actor, at: datetime) -> None:
    """Write a line once more that was not taken or not reached, by the key it had.

    :raises ValidationError: it is there already
    """
    if not (rules.may_resend(by, line.order) or rules.may_register(by)):
        raise PermissionDenied(
            _(
                "Only a dispatcher or supervisor of this place, or an administrator, may write it again."
            )
        )
    if line.state == Line.State.SENT:
        raise ValidationError(_("It is there already."))
    _again(line, by, at)


def _again(line: Line, by: Actor, at: datetime) -> None:
    line.state, line.fault = Line.State.WAITING, ""
    line.save(update_fields=["state", "fault"])
    job = queries.stuck(line)
    if job is None:
        enqueue(queries.TOPIC, by=by, at=at, key=line.order_id, args={"line": line.pk.hex})
    elif job.failed_at:
        retry(job, by=SYSTEM, at=at)
    facts = {"sort": line.sort, "line": line.pk.hex}
    record(line.order, verb="order.resend", by=by, at=at, facts=facts)


@transaction.atomic
def resend_all(platform: Platform, *, by: Actor, at: datetime) -> int:
    """Write once more whatever a platform has not taken; return how much."""
    if not rules.may_register(by):
        raise PermissionDenied(_("Only an administrator may register platforms of a hotline."))
    found = list(queries.left(platform))
    for line in found:
        _again(line, by, at)
    return len(found)


def revive(*, by: Actor, at: datetime) -> int:
    """Try again what could not be written for hours, for three days; return how much.

    What the platform refused is not among it: that waits for a person.
    """
    _check_may(by)
    found = list(queries.given_up(at))
    for job in found:
        retry(job, by=by, at=at)
    return len(found)


def _check_may(by: Actor) -> None:
    if not rules.may_deliver(by):
        raise PermissionDenied(_("Only the installation itself sends and asks."))

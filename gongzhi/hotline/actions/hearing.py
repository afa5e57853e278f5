"""What a platform says: orders become matters, all else is said beside them or moves them as its requester would."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext as _

from gongzhi.accounts.actions import spend
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.exchange import signing
from gongzhi.exchange.readers import Fault, Said, read
from gongzhi.exchange.signing import BadSignature
from gongzhi.hotline import queries, rules
from gongzhi.hotline.models import LONGEST_FAULT, Message, Order, Platform
from gongzhi.hotline.queries import Unusable
from gongzhi.hotline.readers import MESSAGE, NEEDED
from gongzhi.hotline.words import ENDED_THERE, EXTEND, SORTS
from gongzhi.matters import actions as matters
from gongzhi.matters.actions.writing import tell_beside
from gongzhi.matters.models import FollowUp, Matter
from gongzhi.matters.receipts import receipt_code
from gongzhi.matters.rules import Holder
from gongzhi.matters.states import State

MINUTE = timedelta(minutes=1)
MOST, MOST_WRONG = 600, 20  # a minute: of one platform, and of one address with a wrong key


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message: whether it was done, else why not; ``is_new``: it made a matter.

    ``code`` is the receipt code, of an order: the hotline tells it to whoever called.
    """

    order: Order
    done: bool
    said: str = ""
    is_new: bool = False
    code: str = ""


def let_in(
    platform: Platform, shown: str, body: bytes, *, address: str, by: Actor, at: datetime
) -> None:
    """Let a message in that is signed by the platform's key and not older than five minutes.

    What is shown twice does nothing twice: each message has an id.

    :raises BadSignature: it is not
    :raises MoveRefused: the platform is off
    :raises TooMany: too many in a minute, of this platform or with a wrong key from one address
    """
    try:
        signing.check(shown, body, [platform.key], at)
    except BadSignature:
        spend("hotline-key", address, limit=MOST_WRONG, window=MINUTE, by=by, at=at)
        raise
    spend("hotline", platform.pk.hex, limit=MOST, window=MINUTE, by=by, at=at)
    if not platform.is_on:
        raise MoveRefused(_("This platform is switched off here: ask the administrator."))


def hear(platform: Platform, document: Any, *, by: Actor, at: datetime) -> Outcome:
    """Do what a message says, once; the same id again is answered the same.

    What cannot be done as things stand (“not solved” of what is not answered yet) is told beside the
    matter and moves nothing.

    :raises Unusable: a field cannot be
    :raises Http404: it is about an order that never came
    """
    if not rules.may_hear(by):
        raise PermissionDenied(_("Only a platform of a hotline says what it says."))
    said = read(platform.mapping, document, reading=MESSAGE, needed=NEEDED)
    sort = _sort(platform, said)
    key = _key(said.values["id"])
    for _twice in range(2):
        if known := _known(platform, key):
            return _again(known)
        try:
            with transaction.atomic():
                return _hear(platform, said, sort, by=by, at=at)
        except IntegrityError:  # the same, or the same order, came at the same moment
            continue
    raise MoveLost(_("Somebody else was first. Look again at how it stands now."))


def _known(platform: Platform, key: str) -> Message | None:
    return Message.objects.filter(platform=platform, key=key).exclude(order=None).first()


def _again(known: Message) -> Outcome:
    order = Order.objects.select_related("platform", "matter").get(messages=known)
    code = receipt_code(order.matter.form_key) if known.sort == "order" else ""
    return Outcome(order, known.done, known.said, code=code)


def _key(theirs: str) -> str:
    return hashlib.sha256(theirs.encode()).hexdigest()


def _sort(platform: Platform, said: Said) -> str:
    """Return our word for the sort of a message.

    :raises Unusable: it has no such word, or no id or order, or another field cannot be
    """
    theirs = said.values.get("sort") or "order"
    sort: str = platform.sorts.get(theirs, theirs)
    faults = list(said.faults)
    if sort not in SORTS:
        told = _("“%(sort)s” is no sort of message: change the table of the platform.")
        pointer = platform.mapping.get("sort", "")
        faults.append(Fault("sort", pointer, told % {"sort": theirs}))
    if faults:
        raise Unusable(faults)
    return sort


def _hear(platform: Platform, said: Said, sort: str, *, by: Actor, at: datetime) -> Outcome:
    key = _key(said.values["id"])
    order = queries.latest(platform, said.values["order"])
    if sort == "order":
        outcome = _take(platform, order, said, by, at)
    elif order is None:
        raise Http404(_("No order with this number came here: send the order first."))
    else:
        outcome = _say(order, sort, said.values, by, at)
    Message.objects.filter(platform=platform, key=key, order=None).delete()  # it was refused before
    Message(
        platform=platform,
        key=key,
        sort=sort,
        order=outcome.order,
        done=outcome.done,
        said=outcome.said[:LONGEST_FAULT],
        at=at,
    ).save(force_insert=True)
    return outcome


def _take(platform: Platform, known: Order | None, said: Said, by: Actor, at: datetime) -> Outcome:
    """Make a matter of an order; one that was returned and comes again is another round."""
    if known and known.matter.state != State.REFUSED:
        _date(known, said.values)
        told = _("This order stands here already; its dates are as told last.")
        return Outcome(known, done=True, said=told, code=receipt_code(known.matter.form_key))
    round_ = known.round + 1 if known else 1
    report = queries.report_of(platform, said, round_, at)
    receipt = matters.receive(report, by=by, at=at)
    order = Order(
        platform=platform,
        number=said.values["order"],
        round=round_,
        matter=receipt.matter,
        sign_by=said.values.get("sign_by"),
        answer_by=said.values.get("answer_by"),
        heard_at=said.values.get("at"),
        at=at,
    )
    order.save(force_insert=True)
    facts = {"platform": platform.pk.hex, "number": order.number, "round": round_}
    record(order, verb="order.take", by=by, at=at, first=True, facts=facts)
    return Outcome(order, done=True, is_new=True, code=receipt.code)


def _date(order: Order, values: dict[str, Any]) -> None:
    """Keep the dates that a platform sets anew; one that moved is warned of anew."""
    before = order.answer_by
    order.sign_by = values.get("sign_by") or order.sign_by
    order.answer_by = values.get("answer_by") or order.answer_by
    if order.answer_by != before:
        order.warned_at = None
    order.save(update_fields=["sign_by", "answer_by", "warned_at"])


def _say(order: Order, sort: str, values: dict[str, Any], by: Actor, at: datetime) -> Outcome:
    """Do what is said of an order that is here."""
    if sort == "state":
        return _stand(order, values, by, at)
    acts: dict[str, Callable[[Order, dict[str, Any], Actor, datetime], None]] = {
        "add": _add,
        "urge": _urge,
        "ruling": _rule,
        "recall": _recall,
        "follow_up": _follow_up,
    }
    try:
        with transaction.atomic():
            acts[sort](order, values, by, at)
    except (MoveRefused, MoveLost, ValidationError) as fault:
        order.matter = Matter.objects.get(pk=order.matter_id)
        facts = {"sort": sort, "state": order.matter.state}
        _tell(order, "hotline_late", values.get("text"), by=by, at=at, **facts)
        return Outcome(order, done=False, said=sentence(fault))
    return Outcome(order, done=True)


def _tell(
    order: Order,
    verb: str,
    text: str | None,
    *,
    by: Actor,
    at: datetime,
    **facts: object,
) -> None:
    told = {"text": text} if text else {}
    says = {"server": order.platform.name, **facts}
    tell_beside(order.matter, verb, says, told=told, by=by, at=at)


def _requester(order: Order) -> Holder:
    """Return who raised it, for whom the hotline speaks."""
    return Holder(None, order.platform.name, order.matter_id)


def _add(order: Order, values: dict[str, Any], by: Actor, at: datetime) -> None:  # noqa: ARG001
    matters.add(order.matter, words=values.get("text") or "", by=_requester(order), at=at)


def _urge(order: Order, values: dict[str, Any], by: Actor, at: datetime) -> None:
    _check_open(order)
    _tell(order, "hotline_urge", values.get("text"), by=by, at=at)


def _recall(order: Order, values: dict[str, Any], by: Actor, at: datetime) -> None:
    """Tell who works on it that the hotline wants it back: what follows a person decides."""
    _check_open(order)
    _tell(order, "hotline_recall", values.get("text"), by=by, at=at)


def _check_open(order: Order) -> None:
    if order.matter.is_ended:
        raise MoveRefused(_("The matter has ended: nothing more is to be done on it."))


def _rule(order: Order, values: dict[str, Any], by: Actor, at: datetime) -> None:
    if values.get("granted") is None:
        raise ValidationError(_("A ruling says whether more time was granted."))
    if values["granted"]:
        _date(order, {"answer_by": _asked(order)} | _told_dates(values))
    until = order.answer_by.isoformat() if order.answer_by else ""
    verb = "hotline_granted" if values["granted"] else "hotline_denied"
    _tell(order, verb, values.get("text"), by=by, at=at, until=until)


def _asked(order: Order) -> datetime | None:
    """Return until when the hotline was asked last to wait."""
    line = order.lines.filter(sort=EXTEND).order_by("-at").first()
    return datetime.fromisoformat(line.body["until"]) if line else None


def _told_dates(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("sign_by", "answer_by") if values.get(name)}


def _follow_up(order: Order, values: dict[str, Any], by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Say for its requester whether it is solved: what was asked on the telephone by the hotline."""
    if values.get("solved") is None:
        raise ValidationError(_("A follow-up says whether it is solved."))
    marks: dict[str, Any] = {"satisfied": values.get("satisfied"), "way": FollowUp.Way.PHONE}
    holder, text = _requester(order), values.get("text") or ""
    if values["solved"]:
        matters.rate(order.matter, comment=text, by=holder, at=at, **marks)
        return
    reason = text or _("Not solved, says whoever raised it, when the hotline asked.")
    matters.reopen(order.matter, reason=reason, by=holder, at=at, **marks)


def _stand(order: Order, values: dict[str, Any], by: Actor, at: datetime) -> Outcome:
    """Keep how it stands there: it moves nothing here; what is older than what is known is left out."""
    status, when = values.get("status") or "", values.get("at") or at
    if order.heard_at and when < order.heard_at:
        return Outcome(order, done=False, said=_("This is older than what was told last."))
    back = order.status in ENDED_THERE and status not in ENDED_THERE
    is_new = status != order.status
    order.status, order.heard_at = status, when
    order.went_back = (order.went_back or back) and status not in ENDED_THERE
    order.save(update_fields=["status", "heard_at", "went_back"])
    if is_new:
        verb = "hotline_back" if back else "hotline_state"
        _tell(order, verb, values.get("text"), by=by, at=at, status=status, back=back)
    return Outcome(order, done=True)

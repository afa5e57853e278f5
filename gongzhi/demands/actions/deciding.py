"""An order is entered; two people each check its ground and scope; it is narrowed or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Role
from gongzhi.accounts.queries import posts_of
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids, text
from gongzhi.base.moves import permitted, shift
from gongzhi.base.seal import seal
from gongzhi.demands import rules
from gongzhi.demands.models import Demand
from gongzhi.demands.states import DEMAND, ONLY_OFFICER, Authority, Part
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.models import Matter
from gongzhi.matters.uploads import Upload
from gongzhi.notices.actions import tell_posts
from gongzhi.parties.actions import keep

LONGEST = 2000
MOST_MATTERS = 5  # of one order: more is a demand in bulk
MOST_UNTOLD = timedelta(days=90)  # at a time, before somebody looks at it again
of_demand = permitted(DEMAND, rules)


@dataclass(frozen=True, slots=True)
class Order:
    """What a written order says; ``papers`` is the order itself, as it came."""

    sort: str
    authority: str
    number: str
    issued_on: date
    law: str
    article: str
    parts: Sequence[str]
    asked: str
    who: str
    papers: Sequence[Upload]
    untold_until: date | None = None
    untold_ground: str = ""


@transaction.atomic
def enter(matter: Matter, order: Order, *, by: Actor, at: datetime) -> Demand:
    """Enter what an authority orders about one matter; two people check it before anything is handed over.

    :raises ValidationError: no ground with its article, no paper, nothing named that is asked for; of a
        sealed file; about more than `MOST_MATTERS` matters; kept secret without a law or for too long
    """
    if not rules.may_enter(by, matter):
        raise PermissionDenied(ONLY_OFFICER)
    says = {
        "sort": order.sort,
        "authority": text.clean(order.authority),
        "number": text.clean(order.number),
        "issued_on": order.issued_on,
        "law": text.clean(order.law),
        "article": text.clean(order.article),
        "untold_until": order.untold_until,
        "untold_ground": text.clean(order.untold_ground) if order.untold_until else "",
    }
    _check(matter, order, says, at)
    key = ids.uuid7()
    sealed = {"asked": worded(order.asked, longest=LONGEST), "who": worded(order.who, longest=200)}
    made = Demand(
        id=key,
        matter=matter,
        parts=_in_order(order.parts),
        sealed=seal(sealed, key.hex),
        entered_at=at,
        **says,
    )
    made.clean_fields()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as twice:
        raise ValidationError(_("This order about this matter is entered already.")) from twice
    facts = {"sort": made.sort, "parts": made.parts, "untold_until": _iso(made.untold_until)}
    words = {name: says[name] for name in ("authority", "number", "law", "article")}
    record(made, verb="demand.enter", by=by, at=at, first=True, facts=facts, told=words)
    for upload in order.papers:
        keep(key, upload=upload, by=by, at=at)
    say(made, "demands.enter", Role.DATA_OFFICER, by=by, at=at)
    return made


def _check(matter: Matter, order: Order, says: dict[str, Any], at: datetime) -> None:
    faults: dict[str, str] = {}
    if matter.sealed:
        faults["matter"] = _(
            "Sealed files are not handed over from here: only their number and state leave this house."
        )
    same = Demand.objects.filter(authority=says["authority"], number=says["number"])
    if same.count() >= MOST_MATTERS:
        faults["number"] = _(
            "This order is entered for %(n)d matters already. Nothing is handed over in bulk: ask the "
            "authority for an order that names what it needs, and refuse this one."
        ) % {"n": MOST_MATTERS}
    faults |= _left_out(order, says, at)
    if fault := untold_fault(order.untold_until, says["untold_ground"], at):
        faults["untold_until"] = fault
    if faults:
        raise ValidationError(faults)


def _left_out(order: Order, says: dict[str, Any], at: datetime) -> dict[str, str]:
    """Return for what a lawful order says and this one does not the sentence that says so."""
    faults: dict[str, str] = {}
    if order.sort not in Authority.values:
        faults["sort"] = _("Choose what sort of authority it is.")
    for name in ("authority", "number", "law", "article"):
        if not says[name]:
            faults[name] = _("The order must say this; without it it is not in order.")
    if order.issued_on > localdate(at):
        faults["issued_on"] = _("This day is still to come.")
    if not order.papers:
        faults["papers"] = _(
            "Add the written order as a photo or PDF: nothing is done by word of mouth."
        )
    if not order.parts or not set(order.parts) <= set(Part.values):
        faults["parts"] = _("Choose what is asked for, each part by itself.")
    return faults


def untold_fault(until: date | None, ground: str, at: datetime) -> str:
    """Return the sentence that says why the person may not be left untold so; empty where it is in order."""
    if until is None:
        return ""
    today = localdate(at)
    if not today < until <= today + MOST_UNTOLD:
        return _("Choose a day within the next %(n)d days: then it is looked at again.") % {
            "n": MOST_UNTOLD.days
        }
    if not ground:
        return _("Name the law that forbids to tell the person.")
    return ""


def _in_order(parts: Sequence[str]) -> str:
    return " ".join(part for part in Part.values if part in parts)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def press(
    demand: Demand,
    name: str,
    *,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Move an order on, and record it: for the actions of this app."""
    shift(demand, DEMAND, DEMAND[name], **changes)
    record(demand, verb=f"demand.{name}", by=by, at=at, facts=facts)


def say(demand: Demand, verb: str, role: Role, *, by: Actor, at: datetime) -> None:
    """Tell those who serve as ``role`` where the matter is: for the actions of this app."""
    link = reverse("demands:show", args=[demand.pk])
    posts = posts_of(role, demand.matter.chain, at)
    tell_posts(posts, verb=verb, label=demand.matter.number, link=link, by=by, at=at)


def with_words(demand: Demand, **words: str) -> bytes:
    """Return what is sealed of an order with more words in it: for the actions of this app."""
    return seal(demand.said | words, demand.pk.hex)


def _both_hold(ground: bool, scope: bool) -> None:  # noqa: FBT001  two boxes of one form
    if not (ground and scope):
        raise ValidationError(
            _("Read the order and check both, its ground and its scope; or narrow or refuse it.")
        )


@of_demand
def check(demand: Demand, *, ground: bool, scope: bool, by: Actor, at: datetime) -> None:
    """Say as data officer that the law named gives the ground, and that no more is asked for than it allows.

    :raises ValidationError: not both were checked
    """
    _both_hold(ground, scope)
    press(demand, "check", by=by, at=at, checked_by=by.id)
    say(demand, "demands.check", Role.LEADER, by=by, at=at)


@of_demand
def approve(demand: Demand, *, ground: bool, scope: bool, by: Actor, at: datetime) -> None:
    """Say the same as leader of the place, and approve it.

    :raises ValidationError: not both were checked
    """
    _both_hold(ground, scope)
    press(demand, "approve", by=by, at=at)
    say(demand, "demands.approve", Role.DATA_OFFICER, by=by, at=at)


@of_demand
def narrow(demand: Demand, *, parts: Sequence[str], reason: str, by: Actor, at: datetime) -> None:
    """Grant less than is asked for, with the reason; both check what is left.

    :raises ValidationError: not less, nothing left, or no reason
    """
    if not set(parts) < set(demand.parts.split()) or not parts:
        raise ValidationError(
            {"parts": _("Leave out at least one part, and leave one; to leave out all, refuse it.")}
        )
    sealed = with_words(demand, narrowed=worded(reason, longest=LONGEST))
    kept = _in_order(parts)
    facts = {"parts": kept}
    press(
        demand, "narrow", by=by, at=at, facts=facts,
        parts=kept, narrowed=True, checked_by=None, sealed=sealed,
    )  # fmt: skip
    say(demand, "demands.narrow", Role.DATA_OFFICER, by=by, at=at)


@of_demand
def refuse(demand: Demand, *, reason: str, by: Actor, at: datetime) -> None:
    """Hand nothing over, and say why.

    :raises ValidationError: no reason
    """
    sealed = with_words(demand, reason=worded(reason, longest=LONGEST))
    press(demand, "refuse", by=by, at=at, ended_at=at, sealed=sealed)
    say(demand, "demands.refuse", Role.DATA_OFFICER, by=by, at=at)


@of_demand
def withdraw(demand: Demand, *, by: Actor, at: datetime) -> None:
    """Note that the authority took its order back."""
    press(demand, "withdraw", by=by, at=at, ended_at=at)

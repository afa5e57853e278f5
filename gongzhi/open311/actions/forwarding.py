"""A matter is passed on to a foreign server, and what becomes of it there is followed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.advice.masking import mask
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base.post import NotTaken
from gongzhi.jobs.actions import enqueue, retry
from gongzhi.jobs.models import Job
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import tell_beside
from gongzhi.matters.models import Matter
from gongzhi.open311 import backends, queries, rules
from gongzhi.open311.backends import Foreign, Refused, Said
from gongzhi.open311.models import Forwarded, Server
from gongzhi.places.queries import chain_names

LONGEST_FORWARDED = 3900  # with its mark below the 4,000 of the specification
BATCH, BATCHES, TOKENS = 50, 4, 4  # of one round of questions: below the lease of a job
OPEN, CLOSED = "open", "closed"


class Answered(TypedDict):
    """What a server answered to what was sent: a name, or why it does not take it."""

    number: str
    token: str
    fault: str


class Heard(TypedDict):
    """What one round of questions brought: numbers of tokens and states, by key; or why none."""

    numbers: dict[str, str]
    said: dict[str, tuple[str, str]]
    fault: str


@transaction.atomic
def forward(matter: Matter, *, server: Server, words: str, by: Actor, at: datetime) -> Forwarded:
    """Pass a matter on to a server: ``words``, point and place, nothing of who raised it and no photo.

    It goes its own way all the same: whoever has it here stays in charge of it.

    :raises ValidationError: no words, the server does not take this kind, or has it already
    """
    if not rules.may_forward(by, matter):
        raise PermissionDenied(
            _("Only a dispatcher or supervisor may pass on an open matter that everybody may know.")
        )
    code = queries.servers_for(matter).get(server)
    if code is None:
        raise ValidationError({"server": _("This server does not take it, or has it already.")})
    forwarded = Forwarded(
        matter=matter,
        server=server,
        service_code=code,
        text=worded(words, longest=LONGEST_FORWARDED),
        forwarded_at=at,
    )
    forwarded.full_clean()
    forwarded.save(force_insert=True)
    tell_beside(matter, "forward", {"server": server.name}, by=by, at=at)
    enqueue("forwarded", by=by, at=at, key=forwarded.pk)
    return forwarded


def send(
    forwarded: Forwarded,
    *,
    attempt: int,
    by: Actor,
    at: datetime,  # noqa: ARG001
) -> Answered | None:
    """Send what is passed on, outside any transaction; None where it was sent already.

    From the second ``attempt`` on the server is asked first whether it has it: the answer to the first
    may have been lost.

    :raises NotTaken: not now; the job tries again
    """
    _check_may(by)
    if forwarded.state == Forwarded.State.SENT:
        return None
    server, name = _foreign(forwarded.server), None
    if attempt > 1:
        since = queries.stamp(forwarded.forwarded_at - timedelta(days=1))
        name = backends.find(server, forwarded.mark, forwarded.service_code, since)
    try:
        name = name or backends.send(server, _says(forwarded), forwarded.pk.hex)
    except Refused as fault:
        return Answered(number="", token="", fault=str(fault))
    return Answered(number=name.number, token=name.token, fault="")


def _says(forwarded: Forwarded) -> dict[str, str]:
    matter = forwarded.matter
    names = ", ".join([mask(matter.address), *reversed(chain_names(matter.chain))]).strip(", ")
    says = {
        "service_code": forwarded.service_code,
        "description": f"{forwarded.text}\n{forwarded.mark}",
        "address_string": names,
    }
    if matter.lat is not None and matter.lon is not None:
        says |= {"lat": repr(matter.lat), "long": repr(matter.lon)}
    return says


@transaction.atomic
def sent(forwarded: Forwarded, *, answered: Answered, by: Actor, at: datetime) -> None:
    """Keep under which name something stands at a server, or why it was not taken."""
    _check_may(by)
    forwarded.number, forwarded.token = answered["number"], answered["token"]
    forwarded.fault = answered["fault"]
    forwarded.state = Forwarded.State.REFUSED if forwarded.fault else Forwarded.State.SENT
    forwarded.sent_at = None if forwarded.fault else at
    forwarded.save(update_fields=["number", "token", "fault", "state", "sent_at"])


@transaction.atomic
def resend(forwarded: Forwarded, *, by: Actor, at: datetime) -> None:
    """Try once more to pass on what was not taken or not reached.

    :raises ValidationError: it is there already
    """
    if not rules.may_forward(by, forwarded.matter):
        raise PermissionDenied(
            _("Only a dispatcher or supervisor may pass on an open matter that everybody may know.")
        )
    if forwarded.state == Forwarded.State.SENT:
        raise ValidationError(_("It is there already."))
    forwarded.state, forwarded.fault = Forwarded.State.WAITING, ""
    forwarded.save(update_fields=["state", "fault"])
    stuck = Job.objects.filter(topic="forwarded", key=forwarded.pk).first()
    if stuck is None:
        enqueue("forwarded", by=by, at=at, key=forwarded.pk)
    elif stuck.failed_at:
        retry(stuck, by=SYSTEM, at=at)


def look_after(server: Server, *, by: Actor, at: datetime) -> bool:
    """Leave a job to ask a server how things stand, unless one waits or nothing stands there."""
    _check_may(by)
    waits = Job.objects.filter(topic="foreign_server", key=server.pk).exists()
    if waits or not queries.to_ask(server, 1):
        return False
    enqueue("foreign_server", by=by, at=at, key=server.pk)
    return True


def ask(server: Server, *, by: Actor, at: datetime) -> Heard:  # noqa: ARG001
    """Ask a server how things stand, outside any transaction; a fault of its own is told, not raised."""
    _check_may(by)
    foreign, heard = _foreign(server), Heard(numbers={}, said={}, fault="")
    some = queries.to_ask(server, BATCH * BATCHES)
    try:
        for one in [one for one in some if not one.number][:TOKENS]:
            if number := backends.resolve(foreign, one.token):
                heard["numbers"][one.pk.hex] = number
        known = {one.number or heard["numbers"].get(one.pk.hex, ""): one for one in some}
        known.pop("", None)
        for first in range(0, len(known), BATCH):
            said = backends.ask(foreign, list(known)[first : first + BATCH])
            heard["said"] |= {
                known[number].pk.hex: (one.status, one.notes)
                for number, one in said.items()
                if number in known
            }
    except (NotTaken, OSError) as fault:
        heard["fault"] = str(fault)[:300] or type(fault).__name__
    return heard


@transaction.atomic
def hear(server: Server, *, heard: Heard, by: Actor, at: datetime) -> int:
    """Keep what a server said; the history of each matter tells what is new, return of how many.

    A state that goes back is kept as told and shown to who works on the matter: it moves nothing here.
    """
    _check_may(by)
    Server.objects.filter(pk=server.pk).update(asked_at=at, fault=heard["fault"])
    keys = [*heard["numbers"], *heard["said"]]
    n_new = 0
    for one in Forwarded.objects.filter(pk__in=keys).select_related("matter", "server"):
        one.number = heard["numbers"].get(one.pk.hex, one.number)
        one.asked_at = at
        if said := heard["said"].get(one.pk.hex):
            n_new += _told(one, Said(*said), by, at)
        one.save()
    asked = queries.to_ask(server, BATCH * BATCHES)
    if not heard["fault"]:  # those it does not know are asked again last
        unknown = [one.pk for one in asked if one.pk.hex not in keys]
        Forwarded.objects.filter(pk__in=unknown).update(asked_at=at)
    return n_new


def _told(one: Forwarded, said: Said, by: Actor, at: datetime) -> bool:
    if (one.status, one.notes) == (said.status, said.notes):
        return False
    back = one.status == CLOSED and said.status != CLOSED
    one.status, one.notes, one.went_back = said.status, said.notes, one.went_back or back
    facts = {"server": one.server.name, "status": said.status, "back": back}
    told = {"text": said.notes} if said.notes else {}
    verb = f"foreign_{said.status}" if said.status in (OPEN, CLOSED) else "foreign"
    tell_beside(one.matter, verb, facts, told=told, by=by, at=at)
    return True


def _foreign(server: Server) -> Foreign:
    return Foreign(server.address, server.jurisdiction, server.api_key)


def _check_may(by: Actor) -> None:
    if not rules.may_deliver(by):
        raise PermissionDenied(_("Only the installation itself sends and asks."))

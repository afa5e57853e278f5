"""The centre's side: accept or refuse, say what and where it is, and whose desk holds it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office, User
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.clocks import due
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import limits, rules
from gongzhi.matters.actions.dispatching import deserted
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.searching import renew
from gongzhi.matters.actions.writing import WRITER, action, end_joined, move, promised, put, rows
from gongzhi.matters.models import Duty, Kind, Matter, Message, OfficeTask
from gongzhi.matters.queries import complaint_kind
from gongzhi.matters.states import MATTER, State
from gongzhi.places.models import Place


@action
def accept(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Take the matter on formally; from now runs the time that the duty list or its kind allows.

    The row of the duty list in force now stays the matter's, whatever is listed later.
    """
    take_on(matter, at, by=by, at=at)


def take_on(matter: Matter, since: datetime, *, by: Actor, at: datetime) -> None:
    """Do what `accept` does, with the time running ``since``; from ``at`` where none of it is left."""
    days, duty = default_days(), _duty(matter.kind_code, matter.chain, at)
    limit = limits.allowed(matter.kind, duty, urgent=matter.urgent)
    agreed = limits.agreed(matter)
    until = agreed or due(since, limit, days)
    if until.at <= at and not agreed:
        since, until = at, due(at, limit, days)
    move(
        matter,
        "accept",
        by=by,
        at=at,
        facts={"duty": duty.pk.hex} if duty else {},
        duty=duty,
        accepted_at=at,
        counted_from=since,
        answer_by=until.at,
        first_answer_by=until.at,
        provisional=until.provisional,
        **limits.step_in(matter, State.ACCEPTED, at),
    )


@action
def refuse(matter: Matter, *, reason: str, remedy: str, by: Actor, at: datetime) -> None:
    """Decline with a reason and with what the requester can do instead: who is responsible."""
    told = {"reason": worded(reason, longest=500), "remedy": worded(remedy, longest=500)}
    move(matter, "refuse", by=by, at=at, told=told, ended_at=at, **limits.no_step(None))
    words = f"{told['reason']}\n{told['remedy']}"
    put(Message(matter=matter, sort=Message.Sort.TOLD, text=words, by_label=by.label, at=at))
    end_joined(matter, by=by, at=at)


@action
def sort(matter: Matter, *, kind: Kind, urgent: bool, by: Actor, at: datetime) -> None:
    """Give the matter another kind or urgency; the same again is refused and adds no row.

    With another kind it is no complaint about an office any more.

    :raises ValidationError: nothing would change
    """
    if (kind.pk, urgent) == (matter.kind_id, matter.urgent):
        raise ValidationError(_("It has this kind and urgency already."))
    facts = {"old": matter.kind_code, "kind": kind.code, "edition": kind.edition, "urgent": urgent}
    same = kind.code == matter.kind_code
    move(
        matter,
        "sort",
        by=by,
        at=at,
        facts=facts,
        urgent=urgent,
        about_office=matter.about_office if same else None,
        **_of_kind(matter, kind, urgent=urgent, at=at),
    )
    renew(matter)


def _of_kind(matter: Matter, kind: Kind, *, urgent: bool, at: datetime) -> dict[str, Any]:
    """Return what a kind makes of a matter; its dates too, where they are running."""
    made: dict[str, Any] = {
        "kind": kind,
        "kind_code": kind.code,
        "public": kind.public and not kind.sealed,
        "sealed": kind.sealed,
    }
    return made | _promise(matter, kind, matter.chain, urgent=urgent, at=at)


def _duty(kind_code: str, chain: str, at: datetime) -> Duty | None:
    """Return the row of the duty list in force at ``at``."""
    return WRITER.get().duty(kind_code, chain, at.astimezone(default_days().zone).date())


def _promise(
    matter: Matter, kind: Kind, chain: str, *, urgent: bool, at: datetime
) -> dict[str, Any]:
    """Return by which row an accepted matter is promised an answer, and until when."""
    if not matter.counted_from:
        return {}
    duty = _duty(kind.code, chain, at)
    until = promised(matter, limits.allowed(kind, duty, urgent=urgent))
    return {"duty": duty, "answer_by": until.at, "provisional": until.provisional}


@action
def about(matter: Matter, *, office: Office, by: Actor, at: datetime) -> None:
    """Make it a complaint about an office or its staff: kept from its house, with a clock of its own.

    Its parts become such complaints with it.

    :raises ValidationError: it is about this office already, a part of it is with an office, or the
        catalogue lists no such kind
    """
    if office.pk == matter.about_office_id:
        raise ValidationError(_("It is about this office already."))
    kind = complaint_kind(at.astimezone(default_days().zone).date())
    parts = [part for part in WRITER.get().parts(matter) if not part.is_ended]
    if any(part.state not in MATTER["about"].sources for part in parts):
        raise ValidationError(
            _("A part of it is with an office: take it back first, then say whom it is about.")
        )
    for one in (matter, *parts):
        _complain(one, kind, office, by=by, at=at)


def _complain(matter: Matter, kind: Kind, office: Office, *, by: Actor, at: datetime) -> None:
    move(
        matter,
        "about",
        by=by,
        at=at,
        facts={"old": matter.kind_code, "kind": kind.code, "edition": kind.edition},
        told={"text": office.name_zh},
        about_office=office,
        **_of_kind(matter, kind, urgent=matter.urgent, at=at),
    )
    renew(matter)


@action
def keep_from(matter: Matter, *, colleague: User, reason: str, by: Actor, at: datetime) -> None:
    """Keep the matter, and its parts, from a colleague whom it is about, or who is too near to it.

    :raises ValidationError: it is kept from them already, from oneself, or nobody else serves in an
        office that works on it
    """
    words, key = worded(reason, longest=500), colleague.pk.hex
    if key in matter.kept_from:
        raise ValidationError(_("It is kept from them already."))
    if colleague.pk == by.id:
        raise ValidationError(_("Ask a colleague to keep it from you: you could not undo it."))
    told = {"text": colleague.name_zh, "reason": words}
    for one in (matter, *WRITER.get().parts(matter)):
        if key not in one.kept_from and one.state in MATTER["keep_from"].sources:
            kept = f"{one.kept_from}{key} "
            _check_manned(one, kept, at)
            move(one, "keep_from", by=by, at=at, told=told, kept_from=kept)


def _check_manned(matter: Matter, kept_from: str, at: datetime) -> None:
    for task in rows(matter, OfficeTask, "given_at"):
        if task.is_open and deserted(task.office, kept_from, at):
            raise ValidationError(
                _(
                    "Nobody else serves in %(office)s, which works on it: take it back or release it."
                )
                % {"office": task.office.name}
            )


@action
def relocate(matter: Matter, *, place: Place, by: Actor, at: datetime) -> None:
    """Hand the matter to another place of one's own: from the district's pool, or from a wrong one.

    The number and the pin stand, which are what the requester was given and what they gave; and so
    do the dates, unless the duty list has another limit there.

    :raises ValidationError: it is there already, or that place is another's or is no more
    """
    if place.pk == matter.place_id:
        raise ValidationError(_("It is at this place already."))
    today = at.astimezone(default_days().zone).date()
    gone = place.valid_to and place.valid_to <= today
    if gone or not rules.may_relocate_to(by, place.path):
        raise ValidationError(_("Choose a place that you sort matters for."))
    facts = {"old_place": matter.place.code, "place": place.code}
    told = {"text": f"{matter.place.name_zh} → {place.name_zh}"}
    move(
        matter,
        "relocate",
        by=by,
        at=at,
        facts=facts,
        told=told,
        place=place,
        chain=place.path,
        desk=place.path,
        district=place.path.split("/", 1)[0],
        **_promise(matter, matter.kind, place.path, urgent=matter.urgent, at=at),
    )
    renew(matter)


@action
def escalate(matter: Matter, *, reason: str, by: Actor, at: datetime) -> None:
    """Hand the matter one level up, with the reason; number and dates stay.

    :raises ValidationError: there is no level above
    """
    words = worded(reason, longest=500)
    above = matter.desk.rstrip("/").rpartition("/")[0]
    if not above:
        raise ValidationError(_("It is at the highest level already."))
    _hold(matter, "escalate", f"{above}/", words, by=by, at=at)


@action
def assign(matter: Matter, *, place: Place, reason: str, by: Actor, at: datetime) -> None:
    """Hand the matter down to a place that it lies in, with the reason; number and dates stay.

    :raises ValidationError: that place is not between the desk that holds it and where it lies
    """
    words = worded(reason, longest=500)
    is_below = place.path != matter.desk and place.path.startswith(matter.desk)
    if not (is_below and matter.chain.startswith(place.path)):
        raise ValidationError(
            _(
                "Choose a place between the desk that holds it and where it lies, or change its place."
            )
        )
    _hold(matter, "assign", place.path, words, by=by, at=at)


def _hold(matter: Matter, name: str, desk: str, words: str, *, by: Actor, at: datetime) -> None:
    code = desk.rstrip("/").rpartition("/")[2]
    move(matter, name, by=by, at=at, facts={"place": code}, told={"reason": words}, desk=desk)
